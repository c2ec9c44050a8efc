/* The fast kernels, written once in the vocabulary of vector_*.h and compiled once for each instruction set. */
#include "formats.h"
#include <math.h>

/* ---- exp ---- */

/* e^x = 2^n · e^r with |r| <= ln 2 / 2, where seven terms of Taylor's series leave an error under 1e-8. Below -87 it
 * gives the smallest normal number instead of zero, above 88 the value at 88. */
static inline vec v_exp(vec x) {
    x = v_min(v_set(88.3f), v_max(v_set(-87.3f), x)); /* in this order what is not a number stays so on x86 */
    vec n = v_round(v_mul(x, v_set(1.44269504f)));
    vec r = v_fma(n, v_set(-0.693359375f), x); /* ln 2 in two parts, the first exact in few bits */
    r = v_fma(n, v_set(2.12194440e-4f), r);
    vec sum = v_set(1.0f / 5040);
    sum = v_fma(sum, r, v_set(1.0f / 720));
    sum = v_fma(sum, r, v_set(1.0f / 120));
    sum = v_fma(sum, r, v_set(1.0f / 24));
    sum = v_fma(sum, r, v_set(1.0f / 6));
    sum = v_fma(sum, r, v_set(1.0f / 2));
    sum = v_fma(sum, r, v_set(1));
    sum = v_fma(sum, r, v_set(1));
    return v_scale(sum, n);
}

static inline vec load_lanes(const float *p, size_t n) { return n == LANES ? v_load(p) : v_load_some(p, n); }

static inline void store_lanes(float *p, vec a, size_t n) {
    if (n == LANES) v_store(p, a);
    else v_store_some(p, a, n);
}

static inline size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* ---- linear ---- */

/* A tile of y is 4 rows of x by 6 rows of W, summed in registers. A strip of 6 rows of W and `depth` columns is unpacked
 * once into the first cache and meets `band` rows of x, which stay in the second. */
enum { tile_rows = 4, tile_columns = 6, depth = 1024, band = 128 };

/* sums[i][j] = xᵢ · wⱼ for M x N rows; inlined with constants, so that the sums stay in registers. */
static inline __attribute__((always_inline)) void tile(size_t M, size_t N, float *y, size_t n, const float *x,
                                                       size_t k, const float *w, size_t ldw, size_t count,
                                                       const float *bias, int first) {
    vec sums[tile_rows][tile_columns];
#pragma GCC unroll 4
    for (size_t i = 0; i < M; i++)
#pragma GCC unroll 6
        for (size_t j = 0; j < N; j++) sums[i][j] = v_set(0);
    for (size_t p = 0; p < count; p += LANES) {
        size_t some = least(LANES, count - p);
        vec row[tile_columns];
#pragma GCC unroll 6
        for (size_t j = 0; j < N; j++) row[j] = load_lanes(w + j * ldw + p, some);
#pragma GCC unroll 4
        for (size_t i = 0; i < M; i++) {
            vec a = load_lanes(x + i * k + p, some);
#pragma GCC unroll 6
            for (size_t j = 0; j < N; j++) sums[i][j] = v_fma(a, row[j], sums[i][j]);
        }
    }
#pragma GCC unroll 4
    for (size_t i = 0; i < M; i++)
#pragma GCC unroll 6
        for (size_t j = 0; j < N; j++) {
            float before = first ? (bias ? bias[j] : 0) : y[i * n + j];
            y[i * n + j] = before + v_sum(sums[i][j]);
        }
}

static void unpack(float *y, const char *w, glm_format format, size_t count) {
    size_t i = 0;
    if (format == glm_bf16)
        for (; i + LANES <= count; i += LANES) v_store(y + i, v_load_bf16(w + 2 * i));
    else if (format == glm_f16)
        for (; i + LANES <= count; i += LANES) v_store(y + i, v_load_f16(w + 2 * i));
    for (; i < count; i++) y[i] = element(w, format, i);
}

static void linear(float *y, const float *x, const void *w, glm_format format, const float *bias,
                   size_t m, size_t n, size_t k, size_t first, size_t last) {
    _Alignas(64) float strip[tile_columns * depth];
    for (size_t i0 = 0; i0 < m; i0 += band)
        for (size_t p0 = 0; p0 < k; p0 += depth) {
            size_t count = least(depth, k - p0), end = least(i0 + band, m);
            for (size_t j = first; j < last; j += tile_columns) {
                size_t columns = least(tile_columns, last - j);
                for (size_t c = 0; c < columns; c++)
                    unpack(strip + c * depth, row_of(w, format, j + c, k) + p0 * bytes_per_element(format), format,
                           count);
                for (size_t i = i0; i < end; i += tile_rows) {
                    float *out = y + i * n + j;
                    const float *in = x + i * k + p0, *b = bias ? bias + j : NULL;
                    size_t rows = least(tile_rows, end - i);
#define TILE(M, N) tile(M, N, out, n, in, k, strip, depth, count, b, p0 == 0)
                    if (columns < tile_columns)
                        for (size_t r = 0; r < rows; r++, out += n, in += k)
                            for (size_t c = 0; c < columns; c++)
                                tile(1, 1, out + c, n, in, k, strip + c * depth, depth, count, b ? b + c : b, p0 == 0);
                    else if (rows == 4) TILE(4, tile_columns);
                    else if (rows == 3) TILE(3, tile_columns);
                    else if (rows == 2) TILE(2, tile_columns);
                    else TILE(1, tile_columns);
#undef TILE
                }
            }
        }
}

/* ---- attention ---- */

/* The query rows of a task lie across the lanes: scores [keys, rows] and results [d, rows] are sums of outer products of a
 * number of K or V and a vector of rows, so that nothing is summed across lanes and no row hears of another. */
enum { key_block = glm_attention_keys, rows_each = glm_attention_rows };

/* What one task holds: the rows of one key-value head that it answers, and where each softmax stands. */
typedef struct {
    size_t rows, keys[rows_each]; /* how many keys row r may see */
    float top[rows_each], total[rows_each], change[rows_each];
    float *q, *out;       /* [d, rows_each] */
    float *scores;        /* [key_block, rows_each] */
    float *keys_or_values; /* [key_block, d] */
} attention_task;

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

/* Writes `value` where the keys from j on are beyond what a row may see. */
static void mask(attention_task *task, size_t j, size_t count, float value) {
    for (size_t r = 0; r < task->rows; r++)
        for (size_t i = task->keys[r] > j ? task->keys[r] - j : 0; i < count; i++)
            task->scores[i * rows_each + r] = value;
}

/* Turns scores into shares of the new maximum; `change` is what turns sums so far to that maximum too. */
static void rescale(attention_task *task, size_t j, size_t count, float scale, size_t vectors) {
    int masked = task->keys[0] < j + count; /* the first row sees the least */
    for (size_t i = 0; i < count * rows_each; i += LANES)
        v_store(task->scores + i, v_mul(v_load(task->scores + i), v_set(scale)));
    if (masked) mask(task, j, count, -INFINITY);
    for (size_t r = 0; r < vectors * LANES; r += LANES) {
        vec before = v_load(task->top + r), top = before;
        for (size_t i = 0; i < count; i++) top = v_max(v_load(task->scores + i * rows_each + r), top);
        for (size_t i = 0; i < count; i++) {
            float *score = task->scores + i * rows_each + r;
            v_store(score, v_exp(v_sub(v_load(score), top)));
        }
        v_store(task->top + r, top);
        v_store(task->change + r, v_exp(v_sub(before, top)));
    }
    if (masked) mask(task, j, count, 0); /* which the exponential is only nearly */
    for (size_t r = 0; r < vectors * LANES; r += LANES) {
        vec total = v_mul(v_load(task->total + r), v_load(task->change + r));
        for (size_t i = 0; i < count; i++) total = v_add(total, v_load(task->scores + i * rows_each + r));
        v_store(task->total + r, total);
    }
}

/* `count` rows of K or V as f32, and in *stride how far one is from the next. */
static const float *block_of(attention_task *task, const char *from, const glm_attention_shape *s, size_t count,
                             size_t *stride) {
    if (s->format == glm_f32) return *stride = s->kv_heads * s->d, (const float *)from;
    for (size_t j = 0; j < count; j++)
        unpack(task->keys_or_values + j * s->d, row_of(from, s->format, j, s->kv_heads * s->d), s->format, s->d);
    return *stride = s->d, task->keys_or_values;
}

static void attend(attention_task *task, const char *k, const char *v, const glm_attention_shape *s) {
    size_t most = task->keys[task->rows - 1], vectors = (task->rows + LANES - 1) / LANES, stride;
    for (size_t j = 0; j < most; j += key_block) {
        size_t count = least(key_block, most - j);
        const float *block = block_of(task, row_of(k, s->format, j, s->kv_heads * s->d), s, count, &stride);
        outer(task->scores, NULL, block, stride, 1, task->q, count, s->d, vectors);
        rescale(task, j, count, s->scale, vectors);
        block = block_of(task, row_of(v, s->format, j, s->kv_heads * s->d), s, count, &stride);
        outer(task->out, task->change, block, 1, stride, task->scores, s->d, count, vectors);
    }
}

static void attention(float *out, const float *q, const void *k, const void *v, const glm_attention_shape *s,
                      float *scratch, size_t first, size_t last) {
    size_t group = s->heads / s->kv_heads, all = s->queries * group, d = s->d;
    size_t blocks = (all + rows_each - 1) / rows_each;
    attention_task task = {.q = scratch, .out = scratch + d * rows_each, .scores = scratch + 2 * d * rows_each,
                           .keys_or_values = scratch + (2 * d + key_block) * rows_each};
    for (size_t index = first; index < last; index++) {
        size_t shared = index / blocks, start = index % blocks * rows_each, at[rows_each];
        task.rows = least(rows_each, all - start);
        memset(scratch, 0, 2 * d * rows_each * sizeof *scratch);
        for (size_t r = 0; r < rows_each; r++) task.top[r] = -INFINITY, task.total[r] = 0;
        for (size_t r = 0; r < task.rows; r++) {
            size_t t = (start + r) / group;
            at[r] = (t * s->heads + shared * group + (start + r) % group) * d;
            task.keys[r] = s->causal ? s->keys - s->queries + t + 1 : s->keys;
            for (size_t c = 0; c < d; c++) task.q[c * rows_each + r] = q[at[r] + c];
        }
        size_t bytes = bytes_per_element(s->format) * shared * d;
        attend(&task, (const char *)k + bytes, (const char *)v + bytes, s);
        for (size_t r = 0; r < task.rows; r++)
            for (size_t c = 0; c < d; c++) out[at[r] + c] = task.out[c * rows_each + r] / task.total[r];
    }
}

/* ---- norms and activations ---- */

static void rms_norm(float *y, const float *x, const float *weight, float eps,
                     size_t columns, size_t first, size_t last) {
    for (size_t i = first; i < last; i++) {
        const float *in = x + i * columns;
        vec squares = v_set(0);
        for (size_t c = 0; c < columns; c += LANES) {
            vec a = load_lanes(in + c, least(LANES, columns - c));
            squares = v_fma(a, a, squares);
        }
        vec scale = v_set(1 / sqrtf(v_sum(squares) / (float)columns + eps));
        for (size_t c = 0; c < columns; c += LANES) {
            size_t some = least(LANES, columns - c);
            vec a = v_mul(load_lanes(in + c, some), scale);
            store_lanes(y + i * columns + c, v_mul(a, load_lanes(weight + c, some)), some);
        }
    }
}

static void swiglu(float *y, const float *gate, const float *up, size_t rows, size_t columns, size_t stride) {
    for (size_t i = 0; i < rows; i++)
        for (size_t c = 0; c < columns; c += LANES) {
            size_t some = least(LANES, columns - c);
            vec g = load_lanes(gate + i * stride + c, some), u = load_lanes(up + i * stride + c, some);
            vec silu = v_div(g, v_add(v_set(1), v_exp(v_sub(v_set(0), g))));
            store_lanes(y + i * columns + c, v_mul(silu, u), some);
        }
}

static void add(float *y, const float *x, size_t count) {
    for (size_t i = 0; i < count; i += LANES) {
        size_t some = least(LANES, count - i);
        store_lanes(y + i, v_add(load_lanes(y + i, some), load_lanes(x + i, some)), some);
    }
}

/* ---- what the core can do at most ---- */

/* Ten sums, since one waits four or five cycles for the one before, and two are made at once. */
static inline double peak_f32(double *sum, size_t rounds) {
    enum { count = 10 };
    vec sums[count], a = v_set(0.999f), b = v_set(0.5f);
    for (size_t i = 0; i < count; i++) sums[i] = v_set((float)i);
    for (size_t r = 0; r < rounds; r++)
#pragma GCC unroll 10
        for (size_t i = 0; i < count; i++) sums[i] = v_fma(sums[i], a, b);
    for (size_t i = 0; i < count; i++) *sum += v_sum(sums[i]);
    return (double)rounds * count * LANES * 2;
}
