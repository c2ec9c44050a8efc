/* The twins: each kernel as the equation has it, one multiplication at a time. */
#include "formats.h"
#include <math.h>
#include "vector_scalar.h"

static void unpack(float *y, const char *w, glm_format format, size_t count) { glm_unpack(y, w, format, count); }

#include "packing.h"

static void linear(float *y, const float *x, const void *w, glm_format format, const float *bias,
                   size_t m, size_t n, size_t k, size_t first, size_t last) {
    for (size_t i = 0; i < m; i++)
        for (size_t j = first; j < last; j++) {
            const char *row = row_of(w, format, j, k);
            float sum = 0;
            for (size_t p = 0; p < k; p++) sum += x[i * k + p] * element(row, format, p);
            y[i * n + j] = sum + (bias ? bias[j] : 0);
        }
}

/* One query row: two passes over its keys, for the largest score and for the sum, instead of a row of scores, which
 * would need memory. */
static void attend(float *out, const float *q, const char *k, const char *v, size_t keys, const glm_attention_shape *s) {
    size_t stride = s->kv_heads * s->d, d = s->d;
    float top = -INFINITY, total = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t j = 0; j < keys; j++) {
            float score = 0;
            for (size_t c = 0; c < d; c++) score += q[c] * element(k, s->format, j * stride + c);
            score *= s->scale;
            if (pass == 0) {
                top = fmaxf(top, score);
                continue;
            }
            float share = expf(score - top);
            total += share;
            for (size_t c = 0; c < d; c++) out[c] = (j ? out[c] : 0) + share * element(v, s->format, j * stride + c);
        }
    for (size_t c = 0; c < d; c++) out[c] /= total;
}

static void attention(float *out, const float *q, const void *k, const void *v, const glm_attention_shape *s,
                      float *scratch, size_t first, size_t last) {
    (void)scratch;
    size_t group = s->heads / s->kv_heads, rows = s->queries * group;
    size_t blocks = (rows + s->task_rows - 1) / s->task_rows;
    for (size_t task = first; task < last; task++) {
        size_t shared = task / blocks, start = task % blocks * s->task_rows;
        for (size_t row = start; row < rows && row < start + s->task_rows; row++) {
            size_t t = row / group, at = (t * s->heads + shared * group + row % group) * s->d;
            size_t keys = s->causal ? s->keys - s->queries + t + 1 : s->keys;
            size_t bytes = bytes_per_element(s->format) * shared * s->d;
            attend(out + at, q + at, (const char *)k + bytes, (const char *)v + bytes, keys, s);
        }
    }
}

static void rms_norm(float *y, const float *x, const float *weight, float eps,
                     size_t columns, size_t first, size_t last) {
    for (size_t i = first; i < last; i++) {
        float squares = 0;
        for (size_t c = 0; c < columns; c++) squares += x[i * columns + c] * x[i * columns + c];
        float scale = 1 / sqrtf(squares / (float)columns + eps);
        for (size_t c = 0; c < columns; c++) y[i * columns + c] = x[i * columns + c] * scale * weight[c];
    }
}

static void swiglu(float *y, const float *gate, const float *up, size_t rows, size_t columns, size_t stride) {
    for (size_t i = 0; i < rows; i++)
        for (size_t c = 0; c < columns; c++) {
            float g = gate[i * stride + c];
            y[i * columns + c] = g / (1 + expf(-g)) * up[i * stride + c];
        }
}

static void add(float *y, const float *x, size_t count) {
    for (size_t i = 0; i < count; i++) y[i] += x[i];
}

/* A block's sum as a whole number, and what it is worth. */
static float packed_block(float y, const glm_codes *x, size_t i, const void *strip, glm_format format, size_t r, size_t b,
                          size_t blocks) {
    const q8_block *w8 = (const q8_block *)strip + b;
    const q4_block *w4 = (const q4_block *)strip + b;
    size_t tile = rows_in_tile(x->rows);
    const int8_t *codes = x->codes + codes_at(tile, i, b, blocks);
    int sum = 0;
    for (size_t c = 0; c < glm_block; c++) sum += codes[c / 4 * tile * 4 + c % 4] * (format == glm_q8 ? q8_whole(w8, r, c) : q4_whole(w4, r, c));
    float scale = x->scales[block_at(tile, i, b, blocks)] * (format == glm_q8 ? w8->scales[r] : from_bf16(w4->scales[r]));
    return fmaf((float)sum, scale, y);
}

static void linear_packed(float *y, const glm_codes *x, const void *w, glm_format format, const float *bias,
                          size_t m, size_t n, size_t k, size_t first, size_t last) {
    size_t blocks = pieces(k, glm_block);
    for (size_t i = 0; i < m; i++)
        for (size_t j = first; j < last; j++) {
            const char *strip = strip_of(w, format, j / glm_strip, k);
            float sum = bias ? bias[j] : 0;
            for (size_t b = 0; b < blocks; b++)
                sum = packed_block(sum, x, i, strip, format, j % glm_strip, b, blocks);
            y[i * n + j] = sum;
        }
}

/* One sum after the other, as the loops above have it. */
static double peak(double *sum, glm_format format, size_t rounds) {
    volatile float w = 1.5f;
    float f = 0;
    for (size_t r = 0; r < 8 * rounds; r++) f += w * 0.5f;
    *sum += f;
    return (void)format, (double)rounds * 8 * 2;
}

const glm_kernels glm_kernels_scalar = {"scalar", linear, attention, rms_norm, swiglu, add,
                                        quantise, linear_packed, pack, peak, 0};
