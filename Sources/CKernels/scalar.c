/* The twins: each kernel as the equation has it, one multiplication at a time. */
#include "formats.h"
#include <math.h>

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
static void attend(float *out, const float *q, const float *k, const float *v, size_t keys, size_t stride, size_t d,
                   float scale) {
    float top = -INFINITY, total = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t j = 0; j < keys; j++) {
            float score = 0;
            for (size_t c = 0; c < d; c++) score += q[c] * k[j * stride + c];
            score *= scale;
            if (pass == 0) {
                top = fmaxf(top, score);
                continue;
            }
            float share = expf(score - top);
            total += share;
            for (size_t c = 0; c < d; c++) out[c] = (j ? out[c] : 0) + share * v[j * stride + c];
        }
    for (size_t c = 0; c < d; c++) out[c] /= total;
}

static void attention(float *out, const float *q, const float *k, const float *v,
                      const glm_attention_shape *s, size_t first, size_t last) {
    size_t group = s->heads / s->kv_heads, rows = s->queries * group;
    size_t blocks = (rows + glm_attention_rows - 1) / glm_attention_rows;
    for (size_t task = first; task < last; task++) {
        size_t shared = task / blocks, start = task % blocks * glm_attention_rows;
        for (size_t row = start; row < rows && row < start + glm_attention_rows; row++) {
            size_t t = row / group, at = (t * s->heads + shared * group + row % group) * s->d;
            size_t keys = s->causal ? s->keys - s->queries + t + 1 : s->keys;
            attend(out + at, q + at, k + shared * s->d, v + shared * s->d, keys, s->kv_heads * s->d, s->d, s->scale);
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

const glm_kernels glm_kernels_scalar = {"scalar", linear, attention, rms_norm, swiglu, add};
