/* Sixteen rows of W in a vector, a whole strip, with AVX-512 VNNI: `vpdpbusd` adds four products of unsigned by signed bytes
 * to 32 bits, without saturation. Twelve rows of x at a time, because one sum must wait five cycles for the one before, and two strips
 * of W, so that four codes of x are loaded for two products: a core loads hardly more than a vector a cycle. Names are those
 * that codes.h is written in. */
enum { M8 = 12, M4 = 6, depth = 16 };
#define UNPACK_FROM 72
#define TWO_STRIPS

typedef __m512i ivec;

static inline ivec i_load(const void *p) { return _mm512_loadu_si512(p); }
static inline ivec i_zero(void) { return _mm512_setzero_si512(); }
static inline ivec i_add(ivec a, ivec b) { return _mm512_add_epi32(a, b); }
static inline ivec i_set(int32_t a) { return _mm512_set1_epi32(a); }
static inline void i_store(void *p, ivec a) { _mm512_storeu_si512(p, a); }
static inline vec i_float(ivec a) { return _mm512_cvtepi32_ps(a); }
static inline ivec i_round(vec a) { return _mm512_cvtps_epi32(a); }

/* Lanes as 16 bits: one after the other, or those of two vectors in one. */
static inline void i_store_words(void *p, ivec a) { _mm256_storeu_si256(p, _mm512_cvtepi32_epi16(a)); }
static inline ivec i_join(ivec low, ivec high) { return _mm512_mask_blend_epi16(0xaaaaaaaa, low, _mm512_slli_epi32(high, 16)); }
static inline ivec i_quad(const int8_t *p) {
    int32_t bits;
    memcpy(&bits, p, sizeof bits);
    return _mm512_set1_epi32(bits);
}

/* 8-bit codes are unsigned as they lie there: 128 too large, which the sum of x repays. */
static inline ivec i_weights8(const uint8_t *p) { return i_load(p); }
static inline ivec i_start8(int sum) { return _mm512_set1_epi32(-128 * sum); }
static inline ivec i_dot8(ivec sum, ivec w, ivec x) { return _mm512_dpbusd_epi32(sum, w, x); }

static inline ivec i_low(ivec a) { return _mm512_and_si512(a, _mm512_set1_epi8(15)); }
static inline ivec i_high(ivec a) { return i_low(_mm512_srli_epi16(a, 4)); }
static inline ivec i_dot4(ivec group, ivec w, ivec x) { return _mm512_dpbusd_epi32(group, w, x); }

static inline ivec i_multipliers(const uint8_t *p, size_t v, size_t high) {
    ivec bytes = _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)(p + 16 * v)));
    return high ? _mm512_srli_epi32(bytes, 4) : _mm512_and_si512(bytes, _mm512_set1_epi32(15));
}
static inline ivec i_multiply_add(ivec sum, ivec group, ivec multipliers) {
    return _mm512_add_epi32(sum, _mm512_mullo_epi32(group, multipliers));
}

/* Two offsets of each row against two sums of x. */
static inline ivec i_offsets(const int8_t *p) { return _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)p)); }
static inline ivec i_pair(const int16_t *p) { return i_quad((const int8_t *)p); }
#define DOT_PAIRS "vpdpwssd"
#define DOT_PAIRS_INTRINSIC _mm512_dpwssd_epi32
#define REGISTER "v"
#define PAIR_OPERAND "%2%{1to16%}"
#include "dot_pairs.h"
