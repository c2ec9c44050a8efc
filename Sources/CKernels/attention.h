/* Attention in f32: scores [keys, rows] and results [d, rows] are sums of outer products of a number of K or V and a vector of
 * rows. */
#pragma once
#include "softmax.h"

/* y[i] = change · y[i] + Σ_p a[i · next + p · step] · b[p], rows of N vectors; without `change`, y is not read. */
static inline __attribute__((always_inline)) void outer_tile(size_t M, size_t N, float *y, const float *change,
                                                             const float *a, size_t next, size_t step, const float *b,
                                                             size_t count) {
    vec sums[outer_rows][outer_vectors];
#pragma GCC unroll 8
    for (size_t i = 0; i < M; i++)
#pragma GCC unroll 4
        for (size_t n = 0; n < N; n++)
            sums[i][n] = change ? v_mul(v_load(change + n * LANES), v_load(y + i * rows_each + n * LANES)) : v_set(0);
    for (size_t p = 0; p < count; p++) {
        vec row[outer_vectors];
#pragma GCC unroll 4
        for (size_t n = 0; n < N; n++) row[n] = v_load(b + p * rows_each + n * LANES);
#pragma GCC unroll 8
        for (size_t i = 0; i < M; i++) {
            vec number = v_set(a[i * next + p * step]);
#pragma GCC unroll 4
            for (size_t n = 0; n < N; n++) sums[i][n] = v_fma(number, row[n], sums[i][n]);
        }
    }
#pragma GCC unroll 8
    for (size_t i = 0; i < M; i++)
#pragma GCC unroll 4
        for (size_t n = 0; n < N; n++) v_store(y + i * rows_each + n * LANES, sums[i][n]);
}

static inline __attribute__((always_inline)) void outer_columns(size_t N, float *y, const float *change, const float *a,
                                                                size_t next, size_t step, const float *b, size_t rows,
                                                                size_t count) {
    size_t i = 0;
    for (; i + outer_rows <= rows; i += outer_rows)
        outer_tile(outer_rows, N, y + i * rows_each, change, a + i * next, next, step, b, count);
    for (; i + 2 <= rows; i += 2) outer_tile(2, N, y + i * rows_each, change, a + i * next, next, step, b, count);
    for (; i < rows; i++) outer_tile(1, N, y + i * rows_each, change, a + i * next, next, step, b, count);
}

static void outer(float *y, const float *change, const float *a, size_t next, size_t step, const float *b, size_t rows,
                  size_t count, size_t vectors) {
    size_t n = 0;
    for (; n + outer_vectors <= vectors; n += outer_vectors)
        outer_columns(outer_vectors, y + n * LANES, change ? change + n * LANES : NULL, a, next, step, b + n * LANES,
                      rows, count);
    for (; n < vectors; n++)
        outer_columns(1, y + n * LANES, change ? change + n * LANES : NULL, a, next, step, b + n * LANES, rows, count);
}

/* `count` rows of K or V as f32, unpacked to `room` where they are not, and in *stride how far one is from the next. */
static const float *block_of(float *room, const char *from, const glm_attention_shape *s, size_t count, size_t *stride) {
    if (s->format == glm_f32) return *stride = s->kv_heads * s->d, (const float *)from;
    for (size_t j = 0; j < count; j++)
        unpack(room + j * s->d, row_of(from, s->format, j, s->kv_heads * s->d), s->format, s->d);
    return *stride = s->d, room;
}

static void attend(softmax *rows, float *sums, const float *q, float *room, const char *k, const char *v,
                   const glm_attention_shape *s) {
    size_t most = most_keys(rows), row = s->kv_heads * s->d, stride;
    for (size_t j = 0; j < most; j += key_block) {
        size_t count = least(key_block, most - j);
        const float *block = block_of(room, row_of(k, s->format, j, row), s, count, &stride);
        outer(rows->scores, NULL, block, stride, 1, q, count, s->d, rows->vectors);
        for (size_t i = 0; i < count * rows_each; i += LANES)
            v_store(rows->scores + i, v_mul(v_load(rows->scores + i), v_set(s->scale)));
        advance(rows, j, count);
        block = block_of(room, row_of(v, s->format, j, row), s, count, &stride);
        outer(sums, rows->change, block, 1, stride, rows->scores, s->d, count, rows->vectors);
    }
}

static void attention(float *out, const float *q, const void *k, const void *v, const glm_attention_shape *s,
                      float *scratch, size_t first, size_t last) {
    size_t all = s->queries * s->heads / s->kv_heads, tasks = pieces(all, s->task_rows), d = s->d;
    float *queries = scratch, *sums = queries + d * rows_each, *scores = sums + d * rows_each;
    float *room = scores + key_block * rows_each;
    for (size_t task = first; task < last; task++) {
        size_t shared = task / tasks, start = task % tasks * s->task_rows, end = least(start + s->task_rows, all);
        size_t bytes = bytes_per_element(s->format) * shared * d;
        for (; start < end; start += rows_each) {
            softmax rows = softmax_of(s, shared, start, scores);
            memset(scratch, 0, 2 * d * rows_each * sizeof *scratch);
            for (size_t r = 0; r < rows.rows; r++)
                for (size_t c = 0; c < d; c++) queries[c * rows_each + r] = q[rows.at[r] + c];
            attend(&rows, sums, queries, room, (const char *)k + bytes, (const char *)v + bytes, s);
            finish(out, &rows, sums, d);
        }
    }
}
