/* Element formats of weights, one element at a time. */
#pragma once
#include "CKernels.h"
#include <string.h>

static inline size_t bytes_per_element(glm_format format) { return format == glm_f32 ? 4 : 2; }

static inline const char *row_of(const void *w, glm_format format, size_t row, size_t k) {
    return (const char *)w + row * k * bytes_per_element(format);
}

static inline float from_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* bf16 is the upper half of an f32. */
static inline float from_bf16(uint16_t h) { return from_bits((uint32_t)h << 16); }

/* f16 has 5 bits of exponent (bias 15) and 10 of fraction; by bits, because not every compiler has the type. */
static inline float from_f16(uint16_t h) {
    uint32_t sign = (uint32_t)(h & 0x8000) << 16, exponent = (h >> 10) & 31, fraction = h & 0x3ff;
    if (exponent == 31) return from_bits(sign | 0x7f800000 | fraction << 13); /* infinity, not a number */
    if (exponent) return from_bits(sign | (exponent + 112) << 23 | fraction << 13);
    float subnormal = (float)fraction * 0x1p-24f;
    return sign ? -subnormal : subnormal;
}

static inline float element(const void *w, glm_format format, size_t i) {
    if (format == glm_f32) {
        float value;
        memcpy(&value, (const char *)w + 4 * i, sizeof value);
        return value;
    }
    uint16_t half;
    memcpy(&half, (const char *)w + 2 * i, sizeof half);
    return format == glm_bf16 ? from_bf16(half) : from_f16(half);
}

static inline size_t least(size_t a, size_t b) { return a < b ? a : b; }
