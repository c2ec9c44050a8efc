/* Eight rows of W in a vector, and what does not depend on VNNI. Names are those that codes.h is written in. */
typedef __m256i ivec;

static inline ivec i_load(const void *p) { return _mm256_loadu_si256(p); }
static inline ivec i_zero(void) { return _mm256_setzero_si256(); }
static inline ivec i_add(ivec a, ivec b) { return _mm256_add_epi32(a, b); }
static inline ivec i_set(int32_t a) { return _mm256_set1_epi32(a); }
static inline void i_store(void *p, ivec a) { _mm256_storeu_si256(p, a); }
static inline vec i_float(ivec a) { return _mm256_cvtepi32_ps(a); }
static inline ivec i_round(vec a) { return _mm256_cvtps_epi32(a); }

/* Lanes as 16 bits: one after the other, or those of two vectors in one. */
static inline void i_store_words(void *p, ivec a) {
    _mm_storeu_si128(p, _mm_packs_epi32(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1)));
}
static inline ivec i_join(ivec low, ivec high) { return _mm256_blend_epi16(low, _mm256_slli_epi32(high, 16), 0xaa); }

/* Four codes of x, in every lane. */
static inline ivec i_quad(const int8_t *p) {
    int32_t bits;
    memcpy(&bits, p, sizeof bits);
    return _mm256_set1_epi32(bits);
}

/* The two codes in a byte of 4-bit weights. */
static inline ivec i_low(ivec a) { return _mm256_and_si256(a, _mm256_set1_epi8(15)); }
static inline ivec i_high(ivec a) { return i_low(_mm256_srli_epi16(a, 4)); }
