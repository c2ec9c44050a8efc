#if defined(__aarch64__)
#include <arm_neon.h>
#include <stddef.h>
#include <string.h>
#include "vector_neon.h"
#include "kernels.h"

extern const glm_kernels glm_kernels_neon;
const glm_kernels glm_kernels_neon = {"NEON", linear, attention, rms_norm, swiglu, add};
#endif
