#if defined(__aarch64__)
#include <arm_neon.h>
#include <stddef.h>
#include <string.h>
#include "vector_neon.h"
#include "kernels.h"
#include "packing.h"

static double peak_neoni8mm(double *sum, glm_format format, size_t rounds) {
    /* A matrix product is twice as many products as a dot product; 4-bit weights are multiplied by the latter. */
    if (format == glm_q8) return 2 * glm_peak_codes_neoni8mm(sum, format, rounds);
    return format == glm_f32 ? peak_f32(sum, rounds) : glm_peak_codes_neoni8mm(sum, format, rounds);
}
static double peak_neondot(double *sum, glm_format format, size_t rounds) {
    return format == glm_f32 ? peak_f32(sum, rounds) : glm_peak_codes_neondot(sum, format, rounds);
}
static double peak_neon(double *sum, glm_format format, size_t rounds) {
    return format == glm_f32 ? peak_f32(sum, rounds) : glm_peak_codes_neon(sum, format, rounds);
}

extern const glm_kernels glm_kernels_neoni8mm, glm_kernels_neondot, glm_kernels_neon;
const glm_kernels glm_kernels_neoni8mm = {"NEON I8MM", linear, attention, rms_norm, swiglu, add,
                                          quantise, glm_linear_packed_neoni8mm, pack, peak_neoni8mm, 0};
const glm_kernels glm_kernels_neondot = {"NEON dot product", linear, attention, rms_norm, swiglu, add,
                                         quantise, glm_linear_packed_neondot, pack, peak_neondot, 0};
const glm_kernels glm_kernels_neon = {"NEON", linear, attention, rms_norm, swiglu, add,
                                      quantise, glm_linear_packed_neon, pack, peak_neon, 0};
#endif
