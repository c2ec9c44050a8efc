#if defined(__aarch64__)
#include <arm_neon.h>
#include <stddef.h>
#include <string.h>
#include "vector_neon.h"
#include "kernels.h"
#include "packing.h"

extern const glm_kernels glm_kernels_neondot, glm_kernels_neon;
const glm_kernels glm_kernels_neondot = {"NEON dot product", linear, attention, rms_norm, swiglu, add,
                                         quantise, glm_linear_packed_neondot, pack};
const glm_kernels glm_kernels_neon = {"NEON", linear, attention, rms_norm, swiglu, add,
                                      quantise, glm_linear_packed_neon, pack};
#endif
