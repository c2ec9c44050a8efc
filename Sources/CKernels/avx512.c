#if defined(__x86_64__)
#include <immintrin.h>
#include <stddef.h>
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,fma,f16c"))), apply_to = function)
#include "vector_avx512.h"
#include "kernels.h"
#include "packing.h"

static void attention_avx512vnni(float *out, const float *q, const void *k, const void *v, const glm_attention_shape *s,
                                 float *scratch, size_t first, size_t last) {
    (fits_codes(s) ? glm_attention_codes_avx512vnni : attention)(out, q, k, v, s, scratch, first, last);
}
static double peak_avx512vnni(double *sum, glm_format format, size_t rounds) {
    return format == glm_f32 ? peak_f32(sum, rounds) : glm_peak_codes_avx512vnni(sum, format, rounds);
}
static double peak_avx512(double *sum, glm_format format, size_t rounds) {
    return format == glm_f32 ? peak_f32(sum, rounds) : glm_peak_codes_avx2(sum, format, rounds);
}
#pragma clang attribute pop

extern const glm_kernels glm_kernels_avx512vnni, glm_kernels_avx512;
const glm_kernels glm_kernels_avx512vnni = {"AVX-512 VNNI", linear, attention_avx512vnni, rms_norm, swiglu, add,
                                            quantise, glm_linear_packed_avx512vnni, pack, peak_avx512vnni, 1};
const glm_kernels glm_kernels_avx512 = {"AVX-512", linear, attention, rms_norm, swiglu, add,
                                        quantise, glm_linear_packed_avx2, pack, peak_avx512, 0};
#endif
