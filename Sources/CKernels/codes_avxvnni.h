/* Eight rows of W in a vector, with AVX-VNNI: `vpdpbusd` adds four products of unsigned by signed bytes to 32 bits, without
 * saturation. Names are those that codes.h is written in. */
enum { M8 = 6, M4 = 4, depth = 8 };
#define UNPACK_FROM 12

#include "codes_256.h"

/* 8-bit codes are unsigned as they lie there: 128 too large, which the sum of x repays. */
static inline ivec i_weights8(const uint8_t *p) { return i_load(p); }
static inline ivec i_start8(int sum) { return _mm256_set1_epi32(-128 * sum); }
static inline ivec i_dot8(ivec sum, ivec w, ivec x) { return _mm256_dpbusd_avx_epi32(sum, w, x); }

static inline ivec i_dot4(ivec group, ivec w, ivec x) { return _mm256_dpbusd_avx_epi32(group, w, x); }

/* The multipliers of rows 8v … 8v + 7. */
static inline ivec i_multipliers(const uint8_t *p, size_t v, size_t high) {
    ivec bytes = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(p + 8 * v)));
    return high ? _mm256_srli_epi32(bytes, 4) : _mm256_and_si256(bytes, _mm256_set1_epi32(15));
}
static inline ivec i_multiply_add(ivec sum, ivec group, ivec multipliers) {
    return _mm256_add_epi32(sum, _mm256_mullo_epi32(group, multipliers));
}

/* Two offsets of each row against two sums of x. */
static inline ivec i_offsets(const int8_t *p) { return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)p)); }
static inline ivec i_pair(const int16_t *p) { return i_quad((const int8_t *)p); }
#define DOT_PAIRS "%{vex%} vpdpwssd"
#define DOT_PAIRS_INTRINSIC _mm256_dpwssd_avx_epi32
#define REGISTER "x"
#include "dot_pairs.h"
