/* Eight rows of W in a vector, without VNNI: `vpmaddubsw` multiplies unsigned by signed bytes and adds neighbours in 16
 * bits, saturating. Nothing here comes near: |code of x| is at most 127, so that 4-bit codes reach 2 · 15 · 127 = 3,810 a
 * time and 30,480 in the eight of a group, which are summed in 16 bits; 8-bit codes reach 2 · 127 · 127 = 32,258 once.
 * Names are those that codes.h is written in. */
enum { M8 = 4, M4 = 4, depth = 8 };
#define UNPACK_FROM SIZE_MAX /* 8-bit codes take twice the work of 4-bit ones here */

#include "codes_256.h"

/* 8-bit codes, with their sign. The sign of each moves from x to w, which makes x unsigned. */
static inline ivec i_weights8(const uint8_t *p) { return _mm256_xor_si256(i_load(p), _mm256_set1_epi8(-128)); }
static inline ivec i_start8(int sum) { return (void)sum, i_zero(); }
static inline ivec i_dot8(ivec sum, ivec w, ivec x) {
    ivec pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(x), _mm256_sign_epi8(w, x));
    return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

/* 4-bit codes; a group's sum stays in 16 bits, two to a lane, until it meets its multiplier. */
static inline ivec i_dot4(ivec group, ivec w, ivec x) { return _mm256_add_epi16(group, _mm256_maddubs_epi16(w, x)); }

/* The multipliers of rows 8v … 8v + 7, each twice in 16 bits. */
static inline ivec i_multipliers(const uint8_t *p, size_t v, size_t high) {
    ivec bytes = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)p));
    char at = (char)(v * 8), no = -128;
    ivec spread = _mm256_add_epi8(
        _mm256_setr_epi8(0, no, 0, no, 1, no, 1, no, 2, no, 2, no, 3, no, 3, no,
                         4, no, 4, no, 5, no, 5, no, 6, no, 6, no, 7, no, 7, no), _mm256_set1_epi16(at));
    return _mm256_shuffle_epi8(high ? i_high(bytes) : i_low(bytes), spread);
}
static inline ivec i_multiply_add(ivec sum, ivec group, ivec multipliers) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(group, multipliers));
}

/* Two offsets of each row against two sums of x. */
static inline ivec i_offsets(const int8_t *p) { return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)p)); }
static inline ivec i_pair(const int16_t *p) { return i_quad((const int8_t *)p); }
static inline ivec i_dot_pairs(ivec sum, ivec a, ivec b) { return _mm256_add_epi32(sum, _mm256_madd_epi16(a, b)); }
