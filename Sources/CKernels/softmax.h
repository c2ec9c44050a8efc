/* What both forms of attention share: the query rows of a tile lie across the lanes, so that scores [keys, rows] and results
 * [d, rows] are sums of outer products of a number of K or V and a vector of rows: nothing is summed across lanes, and no row
 * hears of another. */
#pragma once
#include "lanes.h"
#include "packed.h"

enum { key_block = glm_attention_keys, rows_each = glm_attention_tile, tiles_each = glm_attention_rows / glm_attention_tile };

/* Up to rows_each query rows of one key-value head, and how far the softmax of each has come. */
typedef struct {
    size_t rows, vectors, keys[rows_each]; /* row r may see so many keys */
    size_t at[rows_each];                  /* where it begins in q and out */
    float top[rows_each], total[rows_each], change[rows_each];
    float *scores; /* [key_block, rows_each], then the shares of `top` */
} softmax;

/* The rows from `start` on of those that read the key-value head `shared`. */
static softmax softmax_of(const glm_attention_shape *s, size_t shared, size_t start, float *scores) {
    size_t group = s->heads / s->kv_heads;
    softmax rows = {.rows = least(rows_each, s->queries * group - start), .scores = scores};
    rows.vectors = (rows.rows + LANES - 1) / LANES;
    for (size_t r = 0; r < rows_each; r++) rows.top[r] = -INFINITY, rows.total[r] = 0;
    for (size_t r = 0; r < rows.rows; r++) {
        size_t t = (start + r) / group;
        rows.at[r] = (t * s->heads + shared * group + (start + r) % group) * s->d;
        rows.keys[r] = s->causal ? s->keys - s->queries + t + 1 : s->keys;
    }
    return rows;
}

/* How many keys the last row sees, which sees the most. */
static inline size_t most_keys(const softmax *of) { return of->keys[of->rows - 1]; }

/* Writes `value` where the keys from j on are beyond what a row may see. */
static void mask(softmax *to, size_t j, size_t count, float value) {
    for (size_t r = 0; r < to->rows; r++)
        for (size_t i = to->keys[r] > j ? to->keys[r] - j : 0; i < count; i++) to->scores[i * rows_each + r] = value;
}

/* Turns scores of the keys from j on into shares of the new maximum; `change` turns sums so far to that maximum too. */
static void advance(softmax *to, size_t j, size_t count) {
    int masked = to->keys[0] < j + count; /* the first row sees the least */
    if (masked) mask(to, j, count, -INFINITY);
    for (size_t r = 0; r < to->vectors * LANES; r += LANES) {
        vec before = v_load(to->top + r), top = before;
        for (size_t i = 0; i < count; i++) top = v_max(v_load(to->scores + i * rows_each + r), top);
        for (size_t i = 0; i < count; i++) {
            float *score = to->scores + i * rows_each + r;
            v_store(score, v_exp(v_sub(v_load(score), top)));
        }
        v_store(to->top + r, top);
        v_store(to->change + r, v_exp(v_sub(before, top)));
    }
    if (masked) mask(to, j, count, 0); /* which the exponential is only nearly */
    for (size_t r = 0; r < to->vectors * LANES; r += LANES) {
        vec total = v_mul(v_load(to->total + r), v_load(to->change + r));
        for (size_t i = 0; i < count; i++) total = v_add(total, v_load(to->scores + i * rows_each + r));
        v_store(to->total + r, total);
    }
}

/* out = sums / total, of a tile's sums [d, rows_each] */
static void finish(float *out, const softmax *from, const float *sums, size_t d) {
    for (size_t r = 0; r < from->rows; r++)
        for (size_t c = 0; c < d; c++) out[from->at[r] + c] = sums[c * rows_each + r] / from->total[r];
}
