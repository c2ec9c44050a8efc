#include "twins.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef enum { linear_f32, linear_bf16, linear_f16, attention_causal, attention_full, attention_f16, rounded_full, rounded_f16,
               extreme_codes, rms, glu, plus, quantise, packed_q8, packed_q4, pack_q8, pack_q4 } operation;

/* Sizes around the edges of vectors, tiles and blocks, and some of real models. Linear: m, n, k. Attention: queries, keys,
 * heads, key-value heads, head size. Packed: m, n, k. The others: rows, columns. */
typedef struct {
    const char *name;
    operation op;
    size_t a, b, c, d, e;
} twin;

static const twin twins[] = {
    {"linear f32 1x1x1", linear_f32, 1, 1, 1, 0, 0},
    {"linear f32 3x7x17", linear_f32, 3, 7, 17, 0, 0},
    {"linear f32 5x13x1176", linear_f32, 5, 13, 1176, 0, 0},
    {"linear f32 131x12x1025", linear_f32, 131, 12, 1025, 0, 0},
    {"linear bf16 1x48x4096", linear_bf16, 1, 48, 4096, 0, 0},
    {"linear bf16 2x19x31", linear_bf16, 2, 19, 31, 0, 0},
    {"linear bf16 6x5x2050", linear_bf16, 6, 5, 2050, 0, 0},
    {"linear f16 7x6x100", linear_f16, 7, 6, 100, 0, 0},
    {"linear f16 1x11x13", linear_f16, 1, 11, 13, 0, 0},
    {"causal attention, one token", attention_causal, 1, 1, 4, 2, 16},
    {"causal attention, prompt", attention_causal, 70, 70, 4, 2, 16},
    {"causal attention, after a cache", attention_causal, 3, 200, 16, 1, 128},
    {"causal attention, odd head", attention_causal, 9, 65, 6, 3, 20},
    {"full attention", attention_full, 37, 37, 3, 3, 64},
    {"full attention, blocks", attention_full, 64, 129, 2, 2, 72},
    {"causal attention, f16, after a cache", attention_f16, 5, 200, 16, 1, 128},
    {"causal attention, f16, odd head", attention_f16, 9, 65, 6, 3, 20},
    {"rounded attention", rounded_full, 150, 201, 3, 3, 128},
    {"rounded attention, small heads", rounded_full, 37, 49, 4, 4, 32},
    {"rounded attention, odd head", rounded_full, 9, 65, 2, 2, 72},
    {"rounded causal attention, one token", rounded_f16, 1, 70, 4, 2, 64},
    {"rounded causal attention, after a cache", rounded_f16, 21, 200, 16, 2, 128},
    {"rounded attention of the largest codes, and of what is not finite", extreme_codes, 100, 149, 2, 2, 128},
    {"RMS norm", rms, 5, 4096, 0, 0, 0},
    {"RMS norm, short", rms, 3, 19, 0, 0, 0},
    {"SwiGLU", glu, 4, 13696, 0, 0, 0},
    {"SwiGLU, short", glu, 3, 5, 0, 0, 0},
    {"add", plus, 3, 1001, 0, 0, 0},
    {"activations in 8 bits", quantise, 5, 4096, 0, 0, 0},
    {"activations in 8 bits, odd", quantise, 3, 333, 0, 0, 0},
    {"activations in 8 bits, one", quantise, 1, 1, 0, 0, 0},
    {"linear q8 1x48x4096", packed_q8, 1, 48, 4096, 0, 0},
    {"linear q8 2x7x17", packed_q8, 2, 7, 17, 0, 0},
    {"linear q8 13x33x1176", packed_q8, 13, 33, 1176, 0, 0},
    {"linear q8 300x32x1200", packed_q8, 300, 32, 1200, 0, 0},
    {"linear q8 300x96x1200", packed_q8, 300, 96, 1200, 0, 0},
    {"linear q8 25x81x2200", packed_q8, 25, 81, 2200, 0, 0},
    {"linear q4 85x81x2200", packed_q4, 85, 81, 2200, 0, 0},
    {"linear q4 1x48x4096", packed_q4, 1, 48, 4096, 0, 0},
    {"linear q4 2x7x17", packed_q4, 2, 7, 17, 0, 0},
    {"linear q4 3x20x13696", packed_q4, 3, 20, 13696, 0, 0},
    {"linear q4 11x33x130", packed_q4, 11, 33, 130, 0, 0},
    {"linear q4 43x33x1176", packed_q4, 43, 33, 1176, 0, 0},
    {"linear q4 300x32x1200", packed_q4, 300, 32, 1200, 0, 0},
    {"packing q8", pack_q8, 33, 300, 0, 0, 0},
    {"packing q4", pack_q4, 33, 300, 0, 0, 0},
};

size_t glm_twin_count(void) { return sizeof twins / sizeof *twins; }
const char *glm_twin_name(size_t index) { return twins[index].name; }

float *glm_twin_numbers(size_t count, float scale, uint32_t seed) {
    float *values = malloc((count + 1) * sizeof *values);
    for (size_t i = 0; i < count; i++) {
        seed = seed * 1664525 + 1013904223;
        values[i] = ((float)(seed >> 8) / 8388608.0f - 1) * scale;
    }
    return values;
}

/* Halves in the range of weights, whose bits are drawn: sign, a few exponents, any fraction; zero and subnormal too. */
static void *halves(size_t count, glm_format format, uint32_t seed) {
    uint16_t *values = malloc((count + 1) * sizeof *values);
    for (size_t i = 0; i < count; i++) {
        seed = seed * 1664525 + 1013904223;
        uint32_t sign = seed >> 31 << 15, low = (seed >> 9) & 0x3ff, step = (seed >> 20) & 3;
        values[i] = (uint16_t)(format == glm_bf16 ? sign | (0x3d00 + (step << 7)) | (low & 0x7f) : sign | step << 12 | low);
    }
    return values;
}

/* The worst difference against `allowed * (1 + |expected|)`; past the end stands a guard that nobody may touch. */
static double worst(const float *found, const float *expected, size_t count, double allowed) {
    if (found[count] != 12345) return INFINITY;
    double most = 0;
    for (size_t i = 0; i < count; i++) {
        double difference = fabs((double)found[i] - expected[i]) / (allowed * (1 + fabs(expected[i])));
        if (!(difference <= most)) most = difference;
    }
    return most;
}

static double compare_linear(const twin *t, const glm_kernels *fast, glm_format format) {
    size_t m = t->a, n = t->b, k = t->c, split = n / 2;
    float *x = glm_twin_numbers(m * k, 1, 1), *bias = glm_twin_numbers(n, 1, 3), *y = glm_twin_numbers(m * n, 1, 4), *z = glm_twin_numbers(m * n, 1, 4);
    void *w = format == glm_f32 ? (void *)glm_twin_numbers(n * k, 1, 2) : halves(n * k, format, 2);
    y[m * n] = z[m * n] = 12345;
    /* In two parts, as two threads would, and one of them without a bias. */
    const glm_kernels *both[] = {fast, &glm_kernels_scalar};
    for (int i = 0; i < 2; i++) {
        both[i]->linear(i ? z : y, x, w, format, bias, m, n, k, 0, split);
        both[i]->linear(i ? z : y, x, w, format, NULL, m, n, k, split, n);
    }
    double result = worst(y, z, m * n, 1e-6 * sqrt((double)k));
    free(x), free(bias), free(y), free(z), free(w);
    return result;
}

/* Attention over K and V, of f32, that are kept in codes. */
static void attend_kept(float *y, const float *q, const float *k, const float *v, const glm_attention_shape *of, const glm_kernels *fast,
                        float *scratch) {
    glm_attention_shape shape = *of;
    size_t d = of->d, row = of->kv_heads * d, rows = of->queries * of->heads / of->kv_heads, capacity = of->keys + of->keys % 2 + 2;
    size_t tasks = of->kv_heads * ((rows + of->task_rows - 1) / of->task_rows);
    /* Room past the last key, and the half of a pair that is still to come, may hold anything. */
    int16_t *keys = (int16_t *)glm_twin_numbers(capacity * row, 1, 6), *values = (int16_t *)glm_twin_numbers(capacity * row, 1, 7);
    float *k_scales = glm_twin_numbers(capacity * of->kv_heads, 1, 8), *v_scales = glm_twin_numbers(capacity * of->kv_heads, 1, 9);
    for (size_t h = 0; h < of->kv_heads; h++)
        for (size_t part = 0; part < 2; part++) { /* as tokens come: some, and then the rest */
            size_t first = part * (of->keys / 3), count = part ? of->keys - first : of->keys / 3, x = first * row + h * d;
            glm_keep_keys(keys + h * capacity * d, k_scales + h * capacity, k + x, row, first, count, d);
            glm_keep_values(values + h * capacity * d, v_scales + h * capacity, v + x, row, first, count, d);
        }
    shape.k_scales = k_scales, shape.v_scales = v_scales, shape.capacity = capacity;
    fast->attention(y, q, (float *)keys, (float *)values, &shape, scratch, 0, tasks);
    free(keys), free(values), free(k_scales), free(v_scales);
}

static double compare_attention(const twin *t, const glm_kernels *fast, int causal, int rounded, glm_format format) {
    glm_attention_shape shape = {t->a, t->b, t->c, t->d, t->e, 1 / sqrtf((float)t->e), causal, rounded, 64, format, NULL, NULL, 0};
    size_t in = t->a * t->c * t->e, cache = t->b * t->d * t->e, row = t->c * t->e;
    size_t rows = t->a * t->c / t->d, tasks = t->d * ((rows + shape.task_rows - 1) / shape.task_rows);
    float *q = glm_twin_numbers(in, 3, 1), *scratch = glm_twin_numbers(glm_attention_scratch(t->e), 1, 5);
    void *k = format == glm_f32 ? (void *)glm_twin_numbers(cache, 3, 2) : halves(cache, format, 2);
    void *v = format == glm_f32 ? (void *)glm_twin_numbers(cache, 1, 3) : halves(cache, format, 3);
    scratch[glm_attention_scratch(t->e)] = 12345;
    float *y = glm_twin_numbers(in, 1, 4), *z = glm_twin_numbers(in, 1, 4);
    y[in] = z[in] = 12345;
    fast->attention(y, q, k, v, &shape, scratch, 0, tasks / 2);
    fast->attention(y, q, k, v, &shape, scratch, tasks / 2, tasks);
    glm_kernels_scalar.attention(z, q, k, v, &shape, scratch, 0, tasks);
    int is_rounded = rounded && t->e % 32 == 0 && t->e <= 128;
    double result = worst(y, z, in, is_rounded ? 1e-3 : 1e-6 * sqrt((double)t->e) * 4);
    if (is_rounded && strstr(fast->name, "VNNI")) {
        glm_twin_attention_codes(z, q, k, v, &shape, scratch, 0, tasks);
        if (memcmp(y, z, in * sizeof *y)) result = INFINITY;
        if (format == glm_f32) attend_kept(z, q, k, v, &shape, fast, scratch);
        if (!fast->attends_codes || memcmp(y, z, in * sizeof *y)) result = INFINITY;
    }
    /* The first query alone, as if the others had not come yet, and one of the last, give the same bits. */
    for (size_t i = 0; i < t->a; i += t->a > 1 ? t->a - 1 : 1) {
        glm_attention_shape alone = shape;
        alone.keys -= causal ? t->a - 1 - i : 0, alone.queries = 1;
        fast->attention(z, q + i * row, k, v, &alone, scratch, 0, t->d * ((t->c / t->d + 63) / 64));
        if (memcmp(y + i * row, z, row * sizeof *y)) result = INFINITY;
    }
    if (scratch[glm_attention_scratch(t->e)] != 12345) result = INFINITY;
    free(q), free(k), free(v), free(y), free(z), free(scratch);
    return result;
}

/* The largest codes everywhere must not overflow; and what is not finite, in the last query or at the last key, is heard by
 * the last query only: but for V in f32, see CKernels.h. */
static double compare_extremes(const twin *t, const glm_kernels *fast) {
    glm_attention_shape shape = {t->a, t->b, t->c, t->c, t->e, 1 / sqrtf((float)t->e), 1, 1, 128, glm_f32, NULL, NULL, 0};
    size_t in = t->a * t->c * t->e, cache = t->b * t->c * t->e, row = t->c * t->e;
    size_t tasks = t->c * ((t->a + shape.task_rows - 1) / shape.task_rows);
    float *q = glm_twin_numbers(in, 1, 1), *k = glm_twin_numbers(cache, 1, 2), *v = glm_twin_numbers(cache, 1, 3);
    float *y = glm_twin_numbers(in, 1, 4), *scratch = glm_twin_numbers(glm_attention_scratch(t->e), 1, 5);
    for (size_t i = 0; i < in; i++) q[i] = -2;
    for (size_t i = 0; i < cache; i++) k[i] = 3, v[i] = -5;
    double result = 0;
    float *places[] = {q + in - row, k + cache - row, v + cache - row, NULL};
    for (int kept = 0; kept <= fast->attends_codes; kept++)
        for (int p = 0; p < 4; p++)
            for (int kind = 0; kind < 2; kind++) {
                float before = p < 3 ? *places[p] : 0;
                if (p < 3) *places[p] = kind ? NAN : -INFINITY;
                if (kept) attend_kept(y, q, k, v, &shape, fast, scratch);
                else fast->attention(y, q, k, v, &shape, scratch, 0, tasks);
                if (p < 3) *places[p] = before;
                for (size_t i = 0; i < in - row; i++)
                    if ((p != 2 || fast->attends_codes) && !(fabsf(y[i] + 5) < 5e-3f)) result = INFINITY;
                if (isfinite(y[in - row]) != (p == 3)) result = INFINITY;
            }
    free(q), free(k), free(v), free(y), free(scratch);
    return result;
}

static double compare_rows(const twin *t, const glm_kernels *fast) {
    size_t rows = t->a, columns = t->b, count = rows * columns;
    float *x = glm_twin_numbers(count * 2, 20, 1), *weight = glm_twin_numbers(columns, 2, 2), *y = glm_twin_numbers(count, 1, 3);
    float *z = glm_twin_numbers(count, 1, 3);
    y[count] = z[count] = 12345;
    const glm_kernels *both[] = {fast, &glm_kernels_scalar};
    for (int i = 0; i < 2; i++) {
        float *out = i ? z : y;
        if (t->op == rms) both[i]->rms_norm(out, x, weight, 1e-5f, columns, 0, rows);
        else if (t->op == glu) both[i]->swiglu(out, x, x + columns, rows, columns, 2 * columns);
        else both[i]->add(out, x, count);
    }
    double result = worst(y, z, count, t->op == rms ? 1e-6 * sqrt((double)columns) : 1e-6);
    free(x), free(weight), free(y), free(z);
    return result;
}

double glm_twin_difference(size_t index, const glm_kernels *fast) {
    const twin *t = &twins[index];
    switch (t->op) {
    case linear_f32: return compare_linear(t, fast, glm_f32);
    case linear_bf16: return compare_linear(t, fast, glm_bf16);
    case linear_f16: return compare_linear(t, fast, glm_f16);
    case attention_causal: return compare_attention(t, fast, 1, 0, glm_f32);
    case attention_full: return compare_attention(t, fast, 0, 0, glm_f32);
    case attention_f16: return compare_attention(t, fast, 1, 0, glm_f16);
    case rounded_full: return compare_attention(t, fast, 0, 1, glm_f32);
    case rounded_f16: return compare_attention(t, fast, 1, 1, glm_f16);
    case extreme_codes: return compare_extremes(t, fast);
    case quantise: return glm_quantise_difference(fast, t->a, t->b);
    case packed_q8: return glm_packed_difference(fast, glm_q8, t->a, t->b, t->c);
    case packed_q4: return glm_packed_difference(fast, glm_q4, t->a, t->b, t->c);
    case pack_q8: return glm_pack_difference(fast, glm_q8, t->a, t->b);
    case pack_q4: return glm_pack_difference(fast, glm_q4, t->a, t->b);
    default: return compare_rows(t, fast);
    }
}
