/* The arithmetic of Glimpse: one table of functions for each instruction set, all with the same contract.
 *
 * Every array is f32, row by row, and unaligned is fine, unless said otherwise. Nothing here allocates, keeps state or
 * checks an argument: callers own all memory, and the Swift side (target Tensors) checks shapes before it calls.
 * Where a function takes [first, last) the caller splits the work across threads; each call writes its own part only.
 * What a row of an output is does not depend on how many rows come with it, to the last bit: a prompt may be read in any
 * pieces, and what was kept of an earlier one is what it would be anew. (Attention in f32 makes an exception: a value of V that
 * is not finite reaches rows of the same call that do not see its key.)
 * Outputs must not overlap inputs, except where "in place" is said. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#if defined(__clang__)
#pragma clang assume_nonnull begin
#else
#define _Nullable
#endif

/* How the elements of a weight are stored: row by row, or packed in 8 or 4 bits as packed.h has it. */
typedef enum { glm_f32, glm_bf16, glm_f16, glm_q8, glm_q4 } glm_format;

/* A packed weight is cut into strips of 16 rows and blocks of 128 columns; 4-bit codes have a step for each group. */
enum { glm_strip = 16, glm_block = 128, glm_group = 32, glm_q8_bytes = 2112, glm_q4_bytes = 1152 };

/* Activations in 8 bits: x [m, k] = scale · code for each block of a row, to within half a scale. K is k in whole blocks;
 * codes past k are zero. The scale of a block that holds something not finite is not a number. How they lie is packed.h's
 * business, who makes room for M = glm_tiled_rows(m) rows. */
typedef struct {
    int8_t *codes;  /* M · K, -127 … 127 */
    float *scales;  /* M · K / glm_block */
    int16_t *sums;  /* M · K / glm_group, of a group's codes */
    size_t rows;    /* m */
} glm_codes;

size_t glm_tiled_rows(size_t rows);

/* One attention call. Rows of q and out are [heads * d], rows of k and v are [kv_heads * d] in `format`, not packed; query
 * head h reads key-value head h / (heads / kv_heads). Query t sees the keys [0, keys) or, if causal, [0, keys - queries + t]. */
typedef struct {
    size_t queries, keys, heads, kv_heads, d;
    float scale;
    int causal;
    int rounded;      /* whether Q, K and V may be rounded to 13 bits, where that is faster */
    size_t task_rows; /* how many query rows of a key-value head make a task: whole tiles, up to glm_attention_rows */
    glm_format format;
    /* Of K and V kept in codes, head by head, with memory for so many rows each (glm_keep_keys); null where they are in `format`. */
    const float *_Nullable k_scales, *_Nullable v_scales;
    size_t capacity;
} glm_attention_shape;

typedef struct {
    const char *name;

    /* y = x Wᵀ + bias, columns [first, last) of y only.
     *   x [m, k]   W [n, k], not packed   bias [n] or null   y [m, n], accumulated in f32 */
    void (*linear)(float *y, const float *x, const void *w, glm_format format, const float *_Nullable bias,
                   size_t m, size_t n, size_t k, size_t first, size_t last);

    /* out = softmax(q kᵀ · scale) v for each head, without the [queries, keys] matrix (Dao et al., 2022).
     * The work is kv_heads * ceil(queries * heads / kv_heads / task_rows) tasks; this does [first, last), and
     * writes to glm_attention_scratch(d) floats of `scratch`. */
    void (*attention)(float *out, const float *q, const void *k, const void *v, const glm_attention_shape *shape,
                      float *scratch, size_t first, size_t last);

    /* y = x / sqrt(mean(x²) + eps) · weight, for rows [first, last) of [rows, columns] */
    void (*rms_norm)(float *y, const float *x, const float *weight, float eps,
                     size_t columns, size_t first, size_t last);

    /* y = silu(gate) · up, [rows, columns]. Rows of gate and up are `stride` floats apart, those of y are not. */
    void (*swiglu)(float *y, const float *gate, const float *up, size_t rows, size_t columns, size_t stride);

    /* y += x, in place */
    void (*add)(float *y, const float *x, size_t count);

    /* Rows [first, last) of x [m, k] in 8 bits: scale = max|x| / 127 of each block, codes rounded to the nearest, half to
     * even. A block whose largest is under 1e-30 is zero. */
    void (*quantise)(const glm_codes *codes, const float *x, size_t k, size_t first, size_t last);

    /* y = x Wᵀ + bias, columns [first, last) of y only, first being the start of a strip.
     *   x [m, k] in 8 bits   W [n, k] packed   bias [n] or null   y [m, n]
     * A block's sum is a whole number; y is the bias and then, block after block, fma(sum, scale of x · scale of W, y):
     * to the bit the same for every table, and for a row alone and among others. */
    void (*linear_packed)(float *y, const glm_codes *x, const void *w, glm_format format, const float *_Nullable bias,
                          size_t m, size_t n, size_t k, size_t first, size_t last);

    /* Strips [first, last) of W [n, k], packed: each block's scale, multipliers, offsets and codes are searched for the
     * least squared error. Strip `first` goes to `packed`. W starts at row 16 · first and is not packed. */
    void (*pack)(void *packed, glm_format to, const void *w, glm_format from, size_t n, size_t k,
                 size_t first, size_t last);

    /* What the core can do at most: `rounds` rounds of eight independent products of whole vectors from registers, as
     * linear_packed makes them of a weight in `format`, or as linear does for glm_f32. → how many additions and
     * multiplications that was; `sum` depends on all of them. */
    double (*peak)(double *sum, glm_format format, size_t rounds);

    /* Whether `attention` reads K and V in codes, of heads of 32, 64, … glm_attention_codes_d channels. */
    int attends_codes;
} glm_kernels;

/* Query rows that one attention task takes at most, since what it holds has to fit a cache; those that it takes at once, and the keys. */
enum { glm_attention_rows = 128, glm_attention_tile = 32, glm_attention_keys = 48, glm_attention_codes_d = 128, glm_attention_code = 4095 };

/* How many floats of memory a call of attention works in at most. */
size_t glm_attention_scratch(size_t d);

/* The plain loops that the others are tested against, and the fallback. */
extern const glm_kernels glm_kernels_scalar;

/* Every table that this machine can run, the fastest first, the scalar one last; null past the end. */
const glm_kernels *_Nullable glm_kernels_available(size_t index);

/* What needs no instruction set of its own. */

/* y = (x - mean) / sqrt(variance + eps) · weight + bias, for each row */
void glm_layer_norm(float *y, const float *x, const float *weight, const float *bias, float eps,
                    size_t rows, size_t columns);

/* x = x · Φ(x), the exact Gaussian error linear unit, in place */
void glm_gelu(float *x, size_t count);

/* Turns channels of every head of x [rows, heads * d], in place: neighbours (2i, 2i+1), or halves (i, i + pairs), of
 * the first 2 * pairs channels, by the angles whose cosines and sines are [rows, pairs]. The rest is left alone. */
void glm_rotate_neighbours(float *x, const float *cosines, const float *sines,
                           size_t rows, size_t heads, size_t d, size_t pairs);
void glm_rotate_halves(float *x, const float *cosines, const float *sines,
                       size_t rows, size_t heads, size_t d, size_t pairs);

/* y[i] = the element i of w, as f32; w is not packed */
void glm_unpack(float *y, const void *w, glm_format format, size_t count);

/* y[i] = x[i] as f16, rounded to the nearest, half to even; what is beyond its largest number becomes that. */
void glm_pack_f16(void *y, const float *x, size_t count);

/* Keeps the rows [first, first + rows) of one head in whole numbers up to 4095 with a scale each, not a number where something is not
 * finite; x holds them `stride` floats apart. Keys lie one after the other, [capacity, d], values in pairs of rows, channel by channel,
 * [capacity / 2, d, 2]: as attention reads them. */
void glm_keep_keys(int16_t *codes, float *scales, const float *x, size_t stride, size_t first, size_t rows, size_t d);
void glm_keep_values(int16_t *codes, float *scales, const float *x, size_t stride, size_t first, size_t rows, size_t d);

/* y = row `row` of the packed W [n, k], as f32 */
void glm_unpack_row(float *y, const void *w, glm_format format, size_t row, size_t k);

/* A checksum of `count` bytes that follow those of the checksum `before`; it depends on where they are cut. */
uint64_t glm_checksum(const void *_Nullable bytes, size_t count, uint64_t before);

/* The sum of all words of memory, which takes as long as reading it: `bytes` is a multiple of 64. */
uint64_t glm_read(const void *memory, size_t bytes);

/* Tells the core that its thread is waiting in a loop. */
void glm_relax(void);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif
