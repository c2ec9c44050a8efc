/* The packed formats. A weight [n, k] is cut into strips of 16 rows, and a strip into blocks of 128 columns; blocks lie
 * strip by strip, so that a core streams each strip once, from one end to the other. Rows past n and columns past k are
 * zero.
 *
 *   q8   w = scale · code                         code -127 … 127, one f32 scale a row and block: 8.25 bits a weight
 *   q4   w = scale · (multiplier · code + offset) code 0 … 15; multiplier 0 … 15 and offset -127 … 127 a row and group of
 *                                                 32 columns, one bf16 scale a row and block: 4.5 bits a weight
 *
 * In both what follows the scale is a whole number of 8 bits, so that a block's dot product with 8-bit activations is a
 * whole number: every kernel gives the same bits, whatever its order and its width.
 *
 * The codes of four neighbouring columns (a quad) lie together, those of a quad's 16 rows side by side: 64 bytes. They fill
 * a vector of 512 bits, or two of 256, or four of 128, each lane of 32 bits belonging to one row: no sum ever crosses
 * lanes. */
#pragma once
#include "CKernels.h"

enum { quads = glm_block / 4, groups = glm_block / glm_group };

/* Codes are stored with 128 added: `vpdpbusd` wants one side unsigned. */
typedef struct {
    uint8_t codes[quads][4 * glm_strip];
    float scales[glm_strip];
} q8_block;

/* Two quads share bytes: the even one has the lower halves. Groups 0 and 2 have the lower halves of `multipliers`. */
typedef struct {
    uint8_t codes[quads / 2][4 * glm_strip];
    int8_t offsets[groups / 2][glm_strip][2];
    uint8_t multipliers[groups / 2][glm_strip];
    uint16_t scales[glm_strip];
} q4_block;

_Static_assert(sizeof(q8_block) == glm_q8_bytes && sizeof(q4_block) == glm_q4_bytes, "no padding");

/* Codes of x lie in tiles of rows, as they are multiplied: for each tile and block its quads, and in a quad its rows side by
 * side. Whole rows of 4 KB, one after the other, would push each other out of the first cache. */
static inline size_t rows_in_tile(size_t rows) { return rows < 5 ? rows : 12; }

/* Which of all (row, block) a row's block is, in the order in which scales and sums lie. */
static inline size_t block_at(size_t tile, size_t row, size_t block, size_t blocks) {
    return (row / tile * blocks + block) * tile + row % tile;
}

/* Where a row's codes in a block begin; each quad is tile · 4 after the one before. */
static inline size_t codes_at(size_t tile, size_t row, size_t block, size_t blocks) {
    return (row / tile * blocks + block) * tile * glm_block + row % tile * 4;
}

static inline size_t pieces(size_t count, size_t size) { return (count + size - 1) / size; }

static inline const char *strip_of(const void *w, glm_format format, size_t strip, size_t k) {
    return (const char *)w + strip * pieces(k, glm_block) * (format == glm_q8 ? glm_q8_bytes : glm_q4_bytes);
}

/* The whole number of 8 bits at row r and column c of a block: all there is to a weight but its scale. */
static inline int q8_whole(const q8_block *block, size_t r, size_t c) { return block->codes[c / 4][r * 4 + c % 4] - 128; }

static inline int q4_whole(const q4_block *block, size_t r, size_t c) {
    size_t group = c / glm_group;
    int code = block->codes[c / 8][r * 4 + c % 4] >> (c / 4 % 2 * 4) & 15;
    int multiplier = block->multipliers[group / 2][r] >> (group % 2 * 4) & 15;
    return multiplier * code + block->offsets[group / 2][r][group % 2];
}

/* The linear layers of codes.h, one for each instruction set that has integer dot products of its own. */
typedef void glm_linear_packed(float *y, const glm_codes *x, const void *w, glm_format format, const float *bias,
                               size_t m, size_t n, size_t k, size_t first, size_t last);
extern glm_linear_packed glm_linear_packed_avx512vnni, glm_linear_packed_avxvnni, glm_linear_packed_avx2;
extern glm_linear_packed glm_linear_packed_neon, glm_linear_packed_neondot, glm_linear_packed_neoni8mm;

/* What they could do at most. */
typedef double glm_peak(double *sum, glm_format format, size_t rounds);
extern glm_peak glm_peak_codes_avx512vnni, glm_peak_codes_avxvnni, glm_peak_codes_avx2;
extern glm_peak glm_peak_codes_neon, glm_peak_codes_neondot, glm_peak_codes_neoni8mm;

/* Attention in whole numbers (attention_codes.h), for heads of at most `glm_attention_codes_d` channels, whole vectors: as
 * KVCache.Format.compact has it, too. */
static inline int fits_codes(const glm_attention_shape *s) {
    return s->rounded && s->d % 32 == 0 && s->d <= glm_attention_codes_d;
}
typedef void glm_attend(float *out, const float *q, const void *k, const void *v, const glm_attention_shape *s,
                        float *scratch, size_t first, size_t last);
extern glm_attend glm_attention_codes_avx512vnni, glm_attention_codes_avxvnni;
