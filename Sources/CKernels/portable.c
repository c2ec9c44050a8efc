/* What costs little enough that one plain loop serves every machine. */
#include "formats.h"
#include "packed.h"
#include <math.h>

size_t glm_tiled_rows(size_t rows) {
    size_t tile = rows_in_tile(rows);
    return rows ? pieces(rows, tile) * tile : 0;
}

size_t glm_attention_scratch(size_t d) {
    size_t queries_and_sums = 3 * d / 2 * glm_attention_rows, block = glm_attention_keys * d;
    return queries_and_sums + block + 2 * glm_attention_keys * glm_attention_tile;
}

void glm_layer_norm(float *y, const float *x, const float *weight, const float *bias, float eps,
                    size_t rows, size_t columns) {
    for (size_t i = 0; i < rows; i++, x += columns, y += columns) {
        float mean = 0, variance = 0;
        for (size_t c = 0; c < columns; c++) mean += x[c];
        mean /= (float)columns;
        for (size_t c = 0; c < columns; c++) variance += (x[c] - mean) * (x[c] - mean);
        float scale = 1 / sqrtf(variance / (float)columns + eps);
        for (size_t c = 0; c < columns; c++) y[c] = (x[c] - mean) * scale * weight[c] + bias[c];
    }
}

void glm_gelu(float *x, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] = 0.5f * x[i] * (1 + erff(x[i] * 0.70710678f));
}

static void rotate(float *x, const float *cosines, const float *sines, size_t rows, size_t heads, size_t d,
                   size_t pairs, size_t step, size_t partner) {
    for (size_t i = 0; i < rows; i++, cosines += pairs, sines += pairs)
        for (size_t h = 0; h < heads; h++, x += d)
            for (size_t p = 0; p < pairs; p++) {
                float *a = x + p * step, *b = a + partner, from = *a;
                *a = from * cosines[p] - *b * sines[p];
                *b = *b * cosines[p] + from * sines[p];
            }
}

void glm_rotate_neighbours(float *x, const float *cosines, const float *sines,
                           size_t rows, size_t heads, size_t d, size_t pairs) {
    rotate(x, cosines, sines, rows, heads, d, pairs, 2, 1);
}

void glm_rotate_halves(float *x, const float *cosines, const float *sines,
                       size_t rows, size_t heads, size_t d, size_t pairs) {
    rotate(x, cosines, sines, rows, heads, d, pairs, 1, pairs);
}

void glm_unpack(float *y, const void *w, glm_format format, size_t count) {
    for (size_t i = 0; i < count; i++) y[i] = element(w, format, i);
}

static uint16_t to_f16(float value) {
    uint32_t bits, sign;
    memcpy(&bits, &value, sizeof bits);
    sign = bits >> 16 & 0x8000, bits &= 0x7fffffff;
    if (bits > 0x7f800000) return (uint16_t)(sign | 0x7e00);  /* not a number */
    if (bits >= 0x477fe000) return (uint16_t)(sign | 0x7bff); /* 65504 */
    if (bits < 0x38800000) return (uint16_t)(sign | (uint32_t)nearbyintf(from_bits(bits) * 0x1p24f));
    return (uint16_t)(sign | (bits - 0x38000000 + 0xfff + (bits >> 13 & 1)) >> 13);
}

void glm_pack_f16(void *y, const float *x, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint16_t half = to_f16(x[i]);
        memcpy((char *)y + 2 * i, &half, sizeof half);
    }
}

/* One row in codes that are `step` apart, rounded as attention_codes.h does; → their scale. */
static float keep_row(int16_t *codes, size_t step, const float *x, size_t d) {
    float most = 0, bad = 0;
    for (size_t c = 0; c < d; c++) {
        most = fabsf(x[c]) > most ? fabsf(x[c]) : most;
        bad += 0 * x[c];
    }
    float scale = (most + bad) / glm_attention_code, inverse = scale >= 1e-33f ? 1 / scale : 0;
    for (size_t c = 0; c < d; c++) codes[c * step] = scale == scale ? (int16_t)nearbyintf(x[c] * inverse) : 0;
    return scale;
}

void glm_keep_keys(int16_t *codes, float *scales, const float *x, size_t stride, size_t first, size_t rows, size_t d) {
    for (size_t i = 0; i < rows; i++) scales[first + i] = keep_row(codes + (first + i) * d, 1, x + i * stride, d);
}

void glm_keep_values(int16_t *codes, float *scales, const float *x, size_t stride, size_t first, size_t rows, size_t d) {
    for (size_t i = first; i < first + rows; i++)
        scales[i] = keep_row(codes + i / 2 * 2 * d + i % 2, 2, x + (i - first) * stride, d);
}

void glm_unpack_row(float *y, const void *w, glm_format format, size_t row, size_t k) {
    const char *strip = strip_of(w, format, row / glm_strip, k);
    size_t r = row % glm_strip;
    for (size_t p = 0; p < k; p++) {
        size_t block = p / glm_block, c = p % glm_block;
        const q8_block *w8 = (const q8_block *)strip + block;
        const q4_block *w4 = (const q4_block *)strip + block;
        y[p] = format == glm_q8 ? (float)q8_whole(w8, r, c) * w8->scales[r]
                                : (float)q4_whole(w4, r, c) * from_bf16(w4->scales[r]);
    }
}

uint64_t glm_checksum(const void *bytes, size_t count, uint64_t before) {
    const uint64_t odd = 0x9e3779b97f4a7c15; /* 2^64 / golden ratio: its products mix upwards, the shifts downwards */
    uint64_t lanes[4] = {before, before ^ odd, before + odd, ~before}, sum = before;
    for (size_t i = 0; i < count; i += 32) {
        uint64_t words[4] = {0};
        memcpy(words, (const char *)bytes + i, count - i < 32 ? count - i : 32);
        for (int l = 0; l < 4; l++) {
            lanes[l] = (lanes[l] ^ words[l]) * odd;
            lanes[l] ^= lanes[l] >> 29;
        }
    }
    for (int l = 0; l < 4; l++) sum = ((sum ^ lanes[l]) * odd) ^ lanes[l] >> 32;
    return (sum ^ count) * odd;
}

uint64_t glm_read(const void *memory, size_t bytes) {
    uint64_t sums[8] = {0};
    const uint64_t *words = memory;
    for (size_t i = 0; i < bytes / sizeof *words; i += 8) {
        __builtin_prefetch(words + i + 256);
        for (int l = 0; l < 8; l++) sums[l] += words[i + (size_t)l];
    }
    return sums[0] + sums[1] + sums[2] + sums[3] + sums[4] + sums[5] + sums[6] + sums[7];
}

void glm_relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}
