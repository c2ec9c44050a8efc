/* Attention in whole numbers: Q, K and V are rounded to codes of 13 bits, about as finely as f16 does, each row of a head with a
 * scale of its own, and a row's shares of a block of keys to codes of 14 bits without a sign. Two products and two sums are then
 * one instruction, where f32 makes one of each. What is rounded belongs to one row of Q, K or V, or to one row's shares: none
 * depends on others. */
#include "largest.h"
#include "softmax.h"

/* 128 · 4095² and 48 · 10922 · 4095 are just less than 2³¹. */
enum { largest_code = glm_attention_code, largest_share = 10922, pairs_in_block = key_block / 2, pairs_in_line = 16, rows_ahead = 6 };

/* A block of keys: of K the codes of a row side by side, of V pairs of rows, column by column; [key_block, d / 2] and
 * [key_block / 2, d] pairs of codes. */
typedef struct {
    const int32_t *k, *v;
    const float *k_scales, *v_scales;
    int finite; /* of V */
    size_t k_ahead, v_ahead; /* how many pairs lie after it and are asked for while it is read */
} codes_block;

/* Where a block goes that is not kept in codes. */
typedef struct {
    int32_t *k, *v;
    float k_scales[key_block], v_scales[key_block];
} codes_room;

typedef struct {
    softmax progress;
    int32_t *q;              /* [d / 2, rows_each] pairs of codes */
    float *sums;             /* [d, rows_each] */
    float scales[rows_each]; /* of Q's codes, times what scores are scaled by */
} codes_tile;

/* y[i] = change · y[i] + row_scales · number_scales[i] · Σ_p a[i · next + p · step] · b[p], rows of vectors, of which a number and
 * a lane are pairs; without `change`, y is not read, without `number_scales` they are 1. */
typedef struct {
    float *y;
    const float *change, *row_scales, *number_scales;
    const int32_t *a, *b;
    size_t rows, next, step, count, ahead; /* the pairs after `a` that are asked for meanwhile */
} pairs_product;

static inline __attribute__((always_inline)) void pairs_tile(size_t M, size_t N, const pairs_product *of, size_t i0, size_t n0) {
    ivec sums[outer_rows][outer_vectors];
#pragma GCC unroll 8
    for (size_t i = 0; i < M; i++)
#pragma GCC unroll 4
        for (size_t n = 0; n < N; n++) sums[i][n] = i_zero();
    const int32_t *a = of->a + i0 * of->next;
    size_t row_at[outer_rows];
    for (size_t i = 0; i < M; i++) row_at[i] = i * of->next;
    for (size_t p = 0; p < of->count; p++, a += of->step) {
        ivec row[outer_vectors];
#pragma GCC unroll 4
        for (size_t n = 0; n < N; n++) row[n] = i_load(of->b + p * rows_each + n0 + n * LANES);
#pragma GCC unroll 8
        for (size_t i = 0; i < M; i++) {
#pragma GCC unroll 4
            for (size_t n = 0; n < N; n++) sums[i][n] = i_dot_pair(sums[i][n], a + row_at[i], row[n]);
        }
    }
#pragma GCC unroll 8
    for (size_t i = 0; i < M; i++)
#pragma GCC unroll 4
        for (size_t n = 0; n < N; n++) {
            size_t lane = n0 + n * LANES;
            float *y = of->y + (i0 + i) * rows_each + lane;
            vec scale = v_load(of->row_scales + lane), sum = i_float(sums[i][n]);
            if (of->number_scales) scale = v_mul(scale, v_set(of->number_scales[i0 + i]));
            v_store(y, of->change ? v_fma(sum, scale, v_mul(v_load(of->change + lane), v_load(y))) : v_mul(sum, scale));
        }
}

/* Asks for the part of the pairs ahead that falls to the rows from i on: all at once would keep the core waiting. */
static inline void ask(const pairs_product *of, size_t i) {
    size_t each = of->ahead * outer_rows / of->rows, from = of->ahead * i / of->rows;
    for (size_t p = from; p < from + each; p += pairs_in_line) __builtin_prefetch(of->a + of->rows * of->count + p);
}

static inline __attribute__((always_inline)) void pairs_columns(size_t N, const pairs_product *of, size_t n) {
    size_t i = 0;
    for (; i + outer_rows <= of->rows; i += outer_rows) {
        if (n == 0) ask(of, i);
        pairs_tile(outer_rows, N, of, i, n);
    }
    for (; i + 2 <= of->rows; i += 2) pairs_tile(2, N, of, i, n);
    for (; i < of->rows; i++) pairs_tile(1, N, of, i, n);
}

static void multiply_pairs(const pairs_product *of, size_t vectors) {
    size_t n = 0;
    for (; n + outer_vectors <= vectors; n += outer_vectors) pairs_columns(outer_vectors, of, n * LANES);
    for (; n < vectors; n++) pairs_columns(1, of, n * LANES);
}

/* 1 / scale; what is so small is nothing, and so is what is not a number. */
static inline float inverse_of(float scale) { return scale >= 1e-33f ? 1 / scale : 0; }

/* A row's codes, side by side; → their scale. */
static inline float round_row(int32_t *pairs, const float *x, size_t d) {
    float scale = largest(x, d) / largest_code;
    vec inverse = v_set(inverse_of(scale));
    for (size_t c = 0; c < d; c += LANES) i_store_words((char *)pairs + 2 * c, i_round(v_mul(v_load(x + c), inverse)));
    return scale;
}

/* A row of K or V in f32: where it lies, or unpacked to `room`. Rows of one head are far apart: those to come are asked for. */
static inline const float *row_in(float *room, const char *from, const glm_attention_shape *s) {
    size_t bytes = s->d * bytes_per_element(s->format);
    for (size_t b = 0; b < bytes; b += 64) __builtin_prefetch(from + rows_ahead * s->kv_heads * bytes + b);
    if (s->format == glm_f32) return (const float *)from;
    unpack(room, from, s->format, s->d);
    return room;
}

/* `count` keys of K and V from j on. A row that is missing to a pair is zero. */
static codes_block rounded_block(codes_room *to, const char *k, const char *v, const glm_attention_shape *s, size_t j, size_t count) {
    size_t d = s->d, row = s->kv_heads * d;
    _Alignas(64) float room[2][glm_attention_codes_d];
    static const float zero[glm_attention_codes_d];
    int finite = 1;
    for (size_t i = 0; i < count; i++) {
        const float *x = row_in(room[0], row_of(k, s->format, j + i, row), s);
        to->k_scales[i] = round_row(to->k + i * d / 2, x, d);
    }
    for (size_t i = 0; i < count; i += 2) {
        const float *rows[2];
        float *scales = to->v_scales + i;
        for (size_t r = 0; r < 2; r++) {
            rows[r] = i + r < count ? row_in(room[r], row_of(v, s->format, j + i + r, row), s) : zero;
            scales[r] = largest(rows[r], d) / largest_code;
            finite &= scales[r] == scales[r];
        }
        vec low = v_set(inverse_of(scales[0])), high = v_set(inverse_of(scales[1]));
        for (size_t c = 0; c < d; c += LANES) {
            ivec codes = i_round(v_mul(v_load(rows[0] + c), low)), next = i_round(v_mul(v_load(rows[1] + c), high));
            i_store(to->v + i / 2 * d + c, i_join(codes, next));
        }
    }
    return (codes_block){to->k, to->v, to->k_scales, to->v_scales, finite, 0, 0};
}

/* The same of what is kept in codes, where it lies; `most` keys are read in all. A row that is missing to a pair has no share, whatever it holds. */
static codes_block kept_block(const int32_t *k, const int32_t *v, const glm_attention_shape *s, size_t shared, size_t j, size_t count,
                              size_t most) {
    size_t d = s->d, at = shared * s->capacity + j, after = least(key_block, most - j - count) / 2 * d;
    codes_block block = {k + at * d / 2, v + at / 2 * d, s->k_scales + at, s->v_scales + at, 1, after, after};
    for (size_t i = 0; i < count; i++) block.finite &= block.v_scales[i] == block.v_scales[i];
    return block;
}

/* A row's shares of a block's keys times the scales of V in codes of their own, in pairs of keys; `steps` are their scales. */
static void round_shares(int32_t *pairs, float *steps, const softmax *rows, const codes_block *block, size_t j, size_t count) {
    for (size_t r = 0; r < rows->vectors * LANES; r += LANES) {
        float *shares = rows->scores + r;
        vec top = v_set(0);
        for (size_t i = 0; i < count; i++) {
            vec share = v_mul(v_load(shares + i * rows_each), v_set(block->v_scales[i]));
            v_store(shares + i * rows_each, share);
            top = v_max(share, top);
        }
        if (count % 2) v_store(shares + count * rows_each, v_set(0));
        top = v_max(top, v_set(1e-30f));
        v_store(steps + r, v_div(top, v_set(largest_share)));
        vec inverse = v_div(v_set(largest_share), top);
        for (size_t i = 0; i < count; i += 2) {
            ivec low = i_round(v_mul(v_load(shares + i * rows_each), inverse));
            ivec high = i_round(v_mul(v_load(shares + (i + 1) * rows_each), inverse));
            i_store(pairs + i / 2 * rows_each + r, i_join(low, high));
        }
    }
    for (size_t r = 0; !block->finite && r < rows->rows; r++)
        for (size_t i = 0; i < count && j + i < rows->keys[r]; i++)
            if (block->v_scales[i] != block->v_scales[i]) steps[r] = NAN;
}

/* The rows of Q from `start` on. */
static void round_queries(codes_tile *to, const float *q, const glm_attention_shape *s) {
    size_t d = s->d;
    memset(to->q, 0, d / 2 * rows_each * sizeof *to->q);
    memset(to->sums, 0, d * rows_each * sizeof *to->sums);
    memset(to->scales, 0, sizeof to->scales);
    for (size_t r = 0; r < to->progress.rows; r++) {
        int32_t pairs[glm_attention_codes_d / 2];
        to->scales[r] = round_row(pairs, q + to->progress.at[r], d) * s->scale;
        for (size_t p = 0; p < d / 2; p++) to->q[p * rows_each + r] = pairs[p];
    }
}

static void attend_block(codes_tile *tile, const codes_block *block, int32_t *shares, size_t j, size_t count, size_t d) {
    softmax *rows = &tile->progress;
    float steps[rows_each];
    pairs_product scores = {rows->scores, NULL, tile->scales, block->k_scales, block->k, tile->q, count, d / 2, 1, d / 2, block->k_ahead};
    multiply_pairs(&scores, rows->vectors);
    advance(rows, j, count);
    round_shares(shares, steps, rows, block, j, count);
    pairs_product sums = {tile->sums, rows->change, steps, NULL, block->v, shares, d, 1, d, (count + 1) / 2, block->v_ahead};
    multiply_pairs(&sums, rows->vectors);
}

void ATTENTION_CODES(float *out, const float *q, const void *k, const void *v, const glm_attention_shape *s,
                     float *scratch, size_t first, size_t last) {
    size_t all = s->queries * s->heads / s->kv_heads, tasks = pieces(all, s->task_rows), d = s->d;
    codes_tile tiles[tiles_each];
    float *scores = scratch + tiles_each * d * rows_each, *after = scores + key_block * rows_each;
    int32_t *queries = (int32_t *)after, *shares = queries + tiles_each * d / 2 * rows_each;
    codes_room room = {.k = shares + pairs_in_block * rows_each};
    room.v = room.k + key_block * d / 2;
    for (size_t task = first; task < last; task++) {
        size_t shared = task / tasks, start = task % tasks * s->task_rows;
        size_t rows = least(s->task_rows, all - start), count = pieces(rows, rows_each), most = 0;
        for (size_t t = 0; t < count; t++) {
            tiles[t].progress = softmax_of(s, shared, start + t * rows_each, scores);
            tiles[t].q = queries + t * d / 2 * rows_each;
            tiles[t].sums = scratch + t * d * rows_each;
            round_queries(&tiles[t], q, s);
            most = most_keys(&tiles[t].progress);
        }
        size_t bytes = bytes_per_element(s->format) * shared * d;
        for (size_t j = 0; j < most; j += key_block) {
            size_t keys = least(key_block, most - j);
            codes_block block = s->k_scales ? kept_block(k, v, s, shared, j, keys, most)
                                            : rounded_block(&room, (const char *)k + bytes, (const char *)v + bytes, s, j, keys);
            for (size_t t = 0; t < count; t++)
                if (j < most_keys(&tiles[t].progress)) attend_block(&tiles[t], &block, shares, j, keys, d);
        }
        for (size_t t = 0; t < count; t++) finish(out, &tiles[t].progress, tiles[t].sums, d);
    }
}
