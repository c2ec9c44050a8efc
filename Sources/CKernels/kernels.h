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

enum { key_block = 64, subtile = 4, wide = 3 };

/* What one task holds: the rows of one key-value head that it answers, and where each softmax stands. */
typedef struct {
    size_t rows, keys[glm_attention_rows]; /* how many keys row r may see */
    const float *q[glm_attention_rows];
    float *out[glm_attention_rows], top[glm_attention_rows], total[glm_attention_rows];
    float scores[glm_attention_rows][key_block];
} attention_task;

/* scores[r][j] = q_r · k_j for up to 4 rows and 4 keys, or one */
static inline __attribute__((always_inline)) void score_tile(attention_task *task, size_t r0, size_t M, const float *k,
                                                             size_t j0, size_t N, size_t stride, size_t d) {
    vec sums[subtile][subtile];
#pragma GCC unroll 4
    for (size_t i = 0; i < M; i++)
#pragma GCC unroll 4
        for (size_t j = 0; j < N; j++) sums[i][j] = v_set(0);
    for (size_t c = 0; c < d; c += LANES) {
        size_t some = least(LANES, d - c);
        vec keys[subtile];
#pragma GCC unroll 4
        for (size_t j = 0; j < N; j++) keys[j] = load_lanes(k + (j0 + j) * stride + c, some);
#pragma GCC unroll 4
        for (size_t i = 0; i < M; i++) {
            vec a = load_lanes(task->q[r0 + i] + c, some);
#pragma GCC unroll 4
            for (size_t j = 0; j < N; j++) sums[i][j] = v_fma(a, keys[j], sums[i][j]);
        }
    }
#pragma GCC unroll 4
    for (size_t i = 0; i < M; i++) {
        float *scores = task->scores[r0 + i] + j0;
        if (N == 4) v_sum4(scores, sums[i][0], sums[i][1], sums[i][2], sums[i][3]);
        else *scores = v_sum(sums[i][0]);
    }
}

static void score(attention_task *task, const float *k, size_t count, size_t stride, size_t d) {
    for (size_t r = 0; r < task->rows; r += subtile)
        for (size_t j = 0; j < count; j += subtile)
            if (r + subtile <= task->rows && j + subtile <= count)
                score_tile(task, r, subtile, k, j, subtile, stride, d);
            else
                for (size_t i = r; i < least(r + subtile, task->rows); i++)
                    for (size_t jj = j; jj < least(j + subtile, count); jj++)
                        score_tile(task, i, 1, k, jj, 1, stride, d);
}

/* Turns a row's scores into shares of the new maximum, and what it has summed so far to that maximum too. */
static void rescale(attention_task *task, size_t r, size_t count, size_t seen, float scale, size_t d) {
    float *scores = task->scores[r], top = task->top[r];
    for (size_t j = 0; j < seen; j++) scores[j] *= scale, top = scores[j] > top ? scores[j] : top;
    float before = expf(task->top[r] - top), total = 0;
    for (size_t j = 0; j < seen; j += LANES) {
        size_t some = least(LANES, seen - j);
        store_lanes(scores + j, v_exp(v_sub(load_lanes(scores + j, some), v_set(top))), some);
    }
    for (size_t j = seen; j < count; j++) scores[j] = 0;
    for (size_t j = 0; j < seen; j++) total += scores[j];
    task->top[r] = top;
    task->total[r] = task->total[r] * before + total;
    for (size_t c = 0; c < d; c++) task->out[r][c] *= before;
}

/* out_r += Σ scores[r][j] v_j for M rows and N vectors of channels, of which the last has `some` lanes: enough sums that
 * none has to wait for the one before. */
static inline __attribute__((always_inline)) void weigh_tile(attention_task *task, size_t r0, size_t M, const float *v,
                                                             size_t c, size_t N, size_t some, size_t count,
                                                             size_t stride) {
    vec sums[subtile][wide];
#pragma GCC unroll 4
    for (size_t i = 0; i < M; i++)
#pragma GCC unroll 3
        for (size_t n = 0; n < N; n++) sums[i][n] = load_lanes(task->out[r0 + i] + c + n * LANES, some);
    for (size_t j = 0; j < count; j++) {
        vec values[wide];
#pragma GCC unroll 3
        for (size_t n = 0; n < N; n++) values[n] = load_lanes(v + j * stride + c + n * LANES, some);
#pragma GCC unroll 4
        for (size_t i = 0; i < M; i++) {
            vec score = v_set(task->scores[r0 + i][j]);
#pragma GCC unroll 3
            for (size_t n = 0; n < N; n++) sums[i][n] = v_fma(score, values[n], sums[i][n]);
        }
    }
#pragma GCC unroll 4
    for (size_t i = 0; i < M; i++)
#pragma GCC unroll 3
        for (size_t n = 0; n < N; n++) store_lanes(task->out[r0 + i] + c + n * LANES, sums[i][n], some);
}

static inline __attribute__((always_inline)) void weigh(attention_task *task, size_t r0, size_t M, const float *v,
                                                        size_t count, size_t stride, size_t d) {
    size_t c = 0;
    for (; c + wide * LANES <= d; c += wide * LANES) weigh_tile(task, r0, M, v, c, wide, LANES, count, stride);
    for (; c < d; c += LANES) weigh_tile(task, r0, M, v, c, 1, least(LANES, d - c), count, stride);
}

static void attend(attention_task *task, const float *k, const float *v, const glm_attention_shape *s) {
    size_t stride = s->kv_heads * s->d, most = task->keys[task->rows - 1]; /* the last row sees the most */
    for (size_t j = 0; j < most; j += key_block) {
        size_t count = least(key_block, most - j);
        score(task, k + j * stride, count, stride, s->d);
        for (size_t r = 0; r < task->rows; r++)
            rescale(task, r, count, task->keys[r] > j ? least(count, task->keys[r] - j) : 0, s->scale, s->d);
        size_t r = 0;
        for (; r + subtile <= task->rows; r += subtile) weigh(task, r, subtile, v + j * stride, count, stride, s->d);
        for (; r < task->rows; r++) weigh(task, r, 1, v + j * stride, count, stride, s->d);
    }
    for (size_t r = 0; r < task->rows; r++)
        for (size_t c = 0; c < s->d; c++) task->out[r][c] /= task->total[r];
}

static void attention(float *out, const float *q, const float *k, const float *v,
                      const glm_attention_shape *s, size_t first, size_t last) {
    size_t group = s->heads / s->kv_heads, all = s->queries * group;
    size_t blocks = (all + glm_attention_rows - 1) / glm_attention_rows;
    for (size_t index = first; index < last; index++) {
        size_t shared = index / blocks, start = index % blocks * glm_attention_rows;
        attention_task task = {.rows = least(glm_attention_rows, all - start)};
        for (size_t r = 0; r < task.rows; r++) {
            size_t t = (start + r) / group, at = (t * s->heads + shared * group + (start + r) % group) * s->d;
            task.q[r] = q + at;
            task.out[r] = out + at;
            task.keys[r] = s->causal ? s->keys - s->queries + t + 1 : s->keys;
            task.top[r] = -INFINITY;
            memset(out + at, 0, s->d * sizeof *out);
        }
        attend(&task, k + shared * s->d, v + shared * s->d, s);
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
