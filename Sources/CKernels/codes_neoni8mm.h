/* Four rows of W in a vector, and for pairs of rows of x the matrix product of I8MM: `smmla` multiplies two rows of eight codes
 * with two others, which is twice what the dot product does. Names are those that codes.h is written in. */
#define GLM_DOT
#include "codes_neon.h"
#define I_PAIRS

/* Two quads of four rows: both quads of the first two rows, or of the last two. */
static inline ivec i_rows(ivec first, ivec second, size_t half) {
    return half ? vzip2q_s32(first, second) : vzip1q_s32(first, second);
}

/* Two quads of two rows of x, which are `next` bytes apart. */
static inline ivec i_two(const int8_t *p, size_t next) {
    int32x2_t first = vreinterpret_s32_s8(vld1_s8(p)), second = vreinterpret_s32_s8(vld1_s8(p + next));
    return vcombine_s32(vzip1_s32(first, second), vzip2_s32(first, second));
}

/* sum [2 of x, 2 of W] */
static inline ivec i_dot_two(ivec sum, ivec x, ivec w) {
    return vmmlaq_s32(sum, vreinterpretq_s8_s32(x), vreinterpretq_s8_s32(w));
}

/* The sums of one of the two rows of x with four rows of W. */
static inline ivec i_row(ivec first, ivec second, size_t row) {
    return row ? vcombine_s32(vget_high_s32(first), vget_high_s32(second))
               : vcombine_s32(vget_low_s32(first), vget_low_s32(second));
}
