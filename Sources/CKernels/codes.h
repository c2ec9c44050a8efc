/* Linear layers over packed weights, written once in the vocabulary of codes_*.h and vector_*.h, and compiled once for each
 * instruction set, where LINEAR_PACKED and PEAK_CODES are the names to give them. Everything up to a block's sum is a whole number.
 * M8 and M4 rows of x meet a strip of 8 or 4 bits at once, `depth` blocks of it, so that these stay in a cache. */
#include "packed.h"
#include <string.h>

enum {
    vectors = glm_strip / LANES, /* of a strip's quad */
    band = 264,                  /* rows of x, whole tiles, of which `depth` blocks fit the second cache */
    few = 8,                     /* rows that fit beside a whole strip: W is then read from one end to the other */
#if defined(TWO_STRIPS)
    strips_at_once = 2,
#else
    strips_at_once = 1,
#endif
    ahead = 2048,                /* bytes: where some rows keep the core busy, it does not look so far by itself */
};

/* M rows of x in a tile, from the block at hand on; inlined with constants, so that the sums stay in registers. */
typedef struct {
    const int8_t *codes;
    const float *scales;
    const int16_t *sums;
    size_t tile;
} rows_of_x;

static inline rows_of_x rows_at(const glm_codes *x, size_t row, size_t block, size_t blocks) {
    size_t tile = rows_in_tile(x->rows), at = block_at(tile, row, block, blocks);
    return (rows_of_x){x->codes + codes_at(tile, row, block, blocks), x->scales + at, x->sums + at * groups, tile};
}

/* y[i] = fma(sums[i], scale of x · scale of W, y[i]) for a vector of W's rows */
static inline __attribute__((always_inline)) void accumulate(size_t M, float *y, const rows_of_x *x, size_t block,
                                                             const ivec *sums, vec scales) {
#pragma GCC unroll 16
    for (size_t i = 0; i < M; i++) {
        vec scale = v_mul(v_set(x->scales[block * x->tile + i]), scales);
        v_store(y + i * glm_strip, v_fma(i_float(sums[i]), scale, v_load(y + i * glm_strip)));
    }
}

/* y [S, M8, 16] += x Wᵀ over `count` blocks of S strips of 8-bit weights, w and next: a quad of x is loaded once for both. */
static inline __attribute__((always_inline)) void tile8(size_t S, size_t M, float *y, const rows_of_x *x, const q8_block *w,
                                                        const q8_block *next, size_t count) {
    for (size_t b = 0; b < count; b++, w++, next++) {
        const int8_t *at = x->codes + b * x->tile * glm_block;
        ivec sums[strips_at_once * vectors][M8];
#pragma GCC unroll 16
        for (size_t i = 0; i < M; i++) {
            const int16_t *s = x->sums + (b * x->tile + i) * groups;
            ivec start = i_start8(s[0] + s[1] + s[2] + s[3]);
#pragma GCC unroll 4
            for (size_t v = 0; v < S * vectors; v++) sums[v][i] = start;
        }
        for (size_t q = 0; q < quads; q++, at += x->tile * 4) {
            if (M > 2 && M < M8) __builtin_prefetch(w->codes[q] + ahead);
            ivec row[strips_at_once * vectors];
#pragma GCC unroll 4
            for (size_t v = 0; v < S * vectors; v++)
                row[v] = i_weights8((v < vectors ? w : next)->codes[q] + v % vectors * 4 * LANES);
#pragma GCC unroll 16
            for (size_t i = 0; i < M; i++) {
                ivec a = i_quad(at + i * 4);
#pragma GCC unroll 4
                for (size_t v = 0; v < S * vectors; v++) sums[v][i] = i_dot8(sums[v][i], row[v], a);
            }
        }
#pragma GCC unroll 4
        for (size_t v = 0; v < S * vectors; v++) {
            size_t lane = v % vectors * LANES;
            vec scales = v_load((v < vectors ? w : next)->scales + lane);
            accumulate(M, y + v / vectors * M8 * glm_strip + lane, x, b, sums[v], scales);
        }
    }
}

#if defined(I_PAIRS)
/* The same for an even number of rows, two of x and two of W at a time. */
static inline __attribute__((always_inline)) void tile8_pairs(size_t M, float *y, const rows_of_x *x, const q8_block *w,
                                                              size_t count) {
    for (size_t b = 0; b < count; b++, w++) {
        const int8_t *at = x->codes + b * x->tile * glm_block;
        ivec sums[2 * vectors][M8 / 2];
#pragma GCC unroll 8
        for (size_t v = 0; v < 2 * vectors; v++)
#pragma GCC unroll 4
            for (size_t i = 0; i < M / 2; i++) sums[v][i] = i_zero();
        for (size_t q = 0; q < quads; q += 2, at += x->tile * 8) {
            ivec two[M8 / 2];
#pragma GCC unroll 4
            for (size_t i = 0; i < M / 2; i++) two[i] = i_two(at + i * 8, x->tile * 4);
#pragma GCC unroll 4
            for (size_t v = 0; v < vectors; v++) {
                ivec first = i_weights8(w->codes[q] + v * 4 * LANES), second = i_weights8(w->codes[q + 1] + v * 4 * LANES);
#pragma GCC unroll 2
                for (size_t half = 0; half < 2; half++) {
                    ivec rows = i_rows(first, second, half);
#pragma GCC unroll 4
                    for (size_t i = 0; i < M / 2; i++)
                        sums[2 * v + half][i] = i_dot_two(sums[2 * v + half][i], two[i], rows);
                }
            }
        }
#pragma GCC unroll 4
        for (size_t v = 0; v < vectors; v++) {
            ivec rows[M8];
#pragma GCC unroll 8
            for (size_t i = 0; i < M; i++) rows[i] = i_row(sums[2 * v][i / 2], sums[2 * v + 1][i / 2], i % 2);
            accumulate(M, y + v * LANES, x, b, rows, v_load(w->scales + v * LANES));
        }
    }
}
#define TILE8(M, y, x, w, count) (M > 1 ? tile8_pairs(M, y, x, w, count) : tile8(1, M, y, x, w, w, count))
#else
#define TILE8(M, y, x, w, count) tile8(1, M, y, x, w, w, count)
#endif

/* The same over 4-bit weights, where a group's sum is
 *     Σ (multiplier · code + offset) x = multiplier · Σ code x + offset · Σ x */
static inline __attribute__((always_inline)) void tile4(size_t M, float *y, const rows_of_x *x, const q4_block *w,
                                                        size_t count) {
    for (size_t b = 0; b < count; b++, w++) {
        const int8_t *codes = x->codes + b * x->tile * glm_block;
        ivec sums[vectors][M4];
#pragma GCC unroll 16
        for (size_t i = 0; i < M; i++) {
            const int16_t *s = x->sums + (b * x->tile + i) * groups;
#pragma GCC unroll 4
            for (size_t v = 0; v < vectors; v++) {
                ivec start = i_dot_pairs(i_zero(), i_offsets(w->offsets[0][v * LANES]), i_pair(s));
                sums[v][i] = i_dot_pairs(start, i_offsets(w->offsets[1][v * LANES]), i_pair(s + 2));
            }
        }
        for (size_t g = 0; g < groups; g++) {
            ivec group[vectors][M4];
#pragma GCC unroll 4
            for (size_t v = 0; v < vectors; v++)
#pragma GCC unroll 16
                for (size_t i = 0; i < M; i++) group[v][i] = i_zero();
#pragma GCC unroll 4
            for (size_t p = g * 4; p < g * 4 + 4; p++) { /* four pairs of quads */
                if (M > 2) __builtin_prefetch(w->codes[p] + ahead);
                ivec even[vectors], odd[vectors];
#pragma GCC unroll 4
                for (size_t v = 0; v < vectors; v++) {
                    ivec both = i_load(w->codes[p] + v * 4 * LANES);
                    even[v] = i_low(both), odd[v] = i_high(both);
                }
#pragma GCC unroll 16
                for (size_t i = 0; i < M; i++) {
                    const int8_t *in = codes + (2 * p * x->tile + i) * 4;
                    ivec first = i_quad(in), second = i_quad(in + x->tile * 4);
#pragma GCC unroll 4
                    for (size_t v = 0; v < vectors; v++) {
                        group[v][i] = i_dot4(group[v][i], even[v], first);
                        group[v][i] = i_dot4(group[v][i], odd[v], second);
                    }
                }
            }
#pragma GCC unroll 4
            for (size_t v = 0; v < vectors; v++) {
                ivec multipliers = i_multipliers(w->multipliers[g / 2], v, g % 2);
#pragma GCC unroll 16
                for (size_t i = 0; i < M; i++) sums[v][i] = i_multiply_add(sums[v][i], group[v][i], multipliers);
            }
        }
#pragma GCC unroll 4
        for (size_t v = 0; v < vectors; v++)
            accumulate(M, y + v * LANES, x, b, sums[v], v_load_bf16(w->scales + v * LANES));
    }
}

/* A row of a strip: most have a size that needs no call. */
static inline void copy(float *to, const float *from, size_t columns) {
    if (columns == glm_strip) memcpy(to, from, glm_strip * sizeof *to);
    else memcpy(to, from, columns * sizeof *to);
}

/* What the sums of a tile begin with: what y holds of the blocks before, or the bias. */
static inline void load_sums(float (*sums)[glm_strip], const float *y, size_t n, const float *bias, size_t rows,
                             size_t columns, size_t block) {
    for (size_t r = 0; r < rows; r++)
        if (block) copy(sums[r], y + r * n, columns);
        else if (bias) copy(sums[r], bias, columns);
}

static inline void store_sums(float *y, size_t n, float (*sums)[glm_strip], size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++) copy(y + r * n, sums[r], columns);
}

/* Rows of y are far apart: those of the next tile are asked for, since no processor guesses them. */
static inline void ask_ahead(const float *y, size_t n, size_t rows, size_t strips) {
    for (size_t r = 0; r < rows; r++)
        for (size_t s = 0; s < strips; s++) __builtin_prefetch(y + r * n + s * glm_strip, 1);
}

/* A strip's blocks for rows [start, end) of x, M at a time, then fewer. */
static inline __attribute__((always_inline)) void strip(float *y, size_t n, const glm_codes *x, const void *w,
                                                        glm_format format, const float *bias, size_t columns,
                                                        size_t start, size_t end, size_t block, size_t count,
                                                        size_t blocks) {
    size_t most = format == glm_q8 ? M8 : M4;
    for (size_t i = start, rows; i < end; i += rows) {
        rows = end - i >= most ? most : end - i >= 4 ? 4 : end - i >= 2 ? 2 : 1;
        float sums[M8 > M4 ? M8 : M4][glm_strip] = {{0}};
        load_sums(sums, y + i * n, n, bias, rows, columns, block);
        ask_ahead(y + (i + rows) * n, n, least(rows, end - i - rows), 1);
        rows_of_x in = rows_at(x, i, block, blocks);
#define TILE(M) (format == glm_q8 ? TILE8(M, sums[0], &in, w, count) : tile4(M, sums[0], &in, w, count))
        if (rows == most) format == glm_q8 ? TILE8(M8, sums[0], &in, w, count) : tile4(M4, sums[0], &in, w, count);
        else if (rows == 4) TILE(4);
        else if (rows == 2) TILE(2);
        else TILE(1);
#undef TILE
        store_sums(y + i * n, n, sums, rows, columns);
    }
}

#if defined(TWO_STRIPS)
/* The whole tiles of rows [start, end) of x against two whole strips. → the row after them */
static size_t two_strips(float *y, size_t n, const glm_codes *x, const q8_block *w, const q8_block *next, const float *bias,
                         size_t start, size_t end, size_t block, size_t count, size_t blocks) {
    size_t i = start;
    for (; i + M8 <= end; i += M8) {
        float sums[2][M8][glm_strip] = {{{0}}};
        load_sums(sums[0], y + i * n, n, bias, M8, glm_strip, block);
        load_sums(sums[1], y + i * n + glm_strip, n, bias ? bias + glm_strip : NULL, M8, glm_strip, block);
        ask_ahead(y + (i + M8) * n, n, least(M8, end - i - M8), 2);
        rows_of_x in = rows_at(x, i, block, blocks);
        tile8(2, M8, sums[0][0], &in, w, next, count);
        for (size_t s = 0; s < 2; s++) store_sums(y + i * n + s * glm_strip, n, sums[s], M8, glm_strip);
    }
    return i;
}
#endif

/* Some blocks of a strip in 8 bits: where they lie, or unpacked to `room`. */
static const q8_block *in_8_bits(q8_block *room, const void *w, glm_format format, size_t strip, size_t k, size_t block,
                                 size_t count) {
    const char *at = strip_of(w, format, strip, k);
    if (format == glm_q8) return (const q8_block *)at + block;
    for (size_t c = 0; c < count; c++) unpack4(&room[c], (const q4_block *)at + block + c);
    return room;
}

void LINEAR_PACKED(float *y, const glm_codes *x, const void *w, glm_format format, const float *bias, size_t m, size_t n,
                   size_t k, size_t first, size_t last) {
    size_t blocks = pieces(k, glm_block), deep = m <= few ? blocks : depth;
    q8_block room[strips_at_once][depth]; /* which few rows do without */
    for (size_t i = 0; i < m; i += band)
        for (size_t b = 0; b < blocks; b += deep)
            for (size_t j = first; j < last; j += glm_strip) {
                size_t end = i + least(m - i, band), columns = least(last - j, glm_strip);
                size_t count = least(blocks - b, deep), rest = i;
                const float *start = bias ? bias + j : NULL;
                if (format == glm_q4 && end - i < UNPACK_FROM) {
                    const q4_block *codes = (const q4_block *)strip_of(w, format, j / glm_strip, k) + b;
                    strip(y + j, n, x, codes, glm_q4, start, columns, i, end, b, count, blocks);
                    continue;
                }
                const q8_block *codes = in_8_bits(room[0], w, format, j / glm_strip, k, b, count);
#if defined(TWO_STRIPS)
                if (end - i >= M8 && last - j >= 2 * glm_strip) {
                    const q8_block *next = in_8_bits(room[1], w, format, j / glm_strip + 1, k, b, count);
                    rest = two_strips(y + j, n, x, codes, next, start, i, end, b, count, blocks);
                    strip(y + j, n, x, codes, glm_q8, start, columns, rest, end, b, count, blocks);
                    j += glm_strip;
                    codes = next;
                    start = bias ? bias + j : NULL;
                }
#endif
                strip(y + j, n, x, codes, glm_q8, start, columns, rest, end, b, count, blocks);
            }
}

/* Eight sums, from registers; x changes each round, so that no product can be kept. */
double PEAK_CODES(double *sum, glm_format format, size_t rounds) {
    enum { count = 8 };
    ivec sums[count], w[4], x, step = i_quad((const int8_t[4]){1, 3, 5, 7});
    for (size_t i = 0; i < count; i++) sums[i] = i_zero();
    for (size_t i = 0; i < 4; i++) w[i] = i_quad((const int8_t[4]){(int8_t)i, 2, 3, 5});
    x = step;
#if defined(I_PAIRS)
#define PRODUCT i_dot_two
#else
#define PRODUCT i_dot8
#endif
    if (format == glm_q8)
        for (size_t r = 0; r < rounds; r++, x = i_add(x, step))
#pragma GCC unroll 8
            for (size_t i = 0; i < count; i++) sums[i] = PRODUCT(sums[i], w[i % 4], x);
    else
        for (size_t r = 0; r < rounds; r++, x = i_add(x, step))
#pragma GCC unroll 8
            for (size_t i = 0; i < count; i++) sums[i] = i_dot4(sums[i], w[i % 4], x);
    float lanes[LANES];
    for (size_t i = 0; i < count; i++) {
        v_store(lanes, i_float(sums[i]));
        *sum += lanes[0];
    }
    return (double)rounds * count * LANES * 4 * 2;
}
