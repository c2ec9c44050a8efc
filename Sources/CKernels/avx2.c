#if defined(__x86_64__)
#include <immintrin.h>
#include <stddef.h>
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#include "vector_avx2.h"
#include "kernels.h"
#include "packing.h"

static void attention_avxvnni(float *out, const float *q, const void *k, const void *v, const glm_attention_shape *s,
                              float *scratch, size_t first, size_t last) {
    (fits_codes(s) ? glm_attention_codes_avxvnni : attention)(out, q, k, v, s, scratch, first, last);
}
static double peak_avxvnni(double *sum, glm_format format, size_t rounds) {
    return format == glm_f32 ? peak_f32(sum, rounds) : glm_peak_codes_avxvnni(sum, format, rounds);
}
static double peak_avx2(double *sum, glm_format format, size_t rounds) {
    return format == glm_f32 ? peak_f32(sum, rounds) : glm_peak_codes_avx2(sum, format, rounds);
}
#pragma clang attribute pop

extern const glm_kernels glm_kernels_avxvnni, glm_kernels_avx2;
const glm_kernels glm_kernels_avxvnni = {"AVX2 VNNI", linear, attention_avxvnni, rms_norm, swiglu, add,
                                         quantise, glm_linear_packed_avxvnni, pack, peak_avxvnni, 1};
const glm_kernels glm_kernels_avx2 = {"AVX2", linear, attention, rms_norm, swiglu, add,
                                      quantise, glm_linear_packed_avx2, pack, peak_avx2, 0};
#endif
