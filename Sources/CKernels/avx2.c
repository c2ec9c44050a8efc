#if defined(__x86_64__)
#include <immintrin.h>
#include <stddef.h>
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#include "vector_avx2.h"
#include "kernels.h"
#include "packing.h"
#pragma clang attribute pop

extern const glm_kernels glm_kernels_avxvnni, glm_kernels_avx2;
const glm_kernels glm_kernels_avxvnni = {"AVX2 VNNI", linear, attention, rms_norm, swiglu, add,
                                         quantise, glm_linear_packed_avxvnni, pack};
const glm_kernels glm_kernels_avx2 = {"AVX2", linear, attention, rms_norm, swiglu, add,
                                      quantise, glm_linear_packed_avx2, pack};
#endif
