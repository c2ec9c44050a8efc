/* AVX-512, its VNNI and AVX-VNNI for a processor that has none of them: SIMDe (Debian's libsimde-dev) has each intrinsic in
 * plain C. Included before everything else; `make test-emulated`. */
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512.h>
#include <simde/x86/f16c.h>
#include <simde/x86/fma.h>

#undef _mm512_madd_epi16 /* which SIMDe 0.7.4 gives the arguments of its masked sister */
#define _mm512_madd_epi16(a, b) simde_mm512_madd_epi16(a, b)
#define _mm256_dpbusd_avx_epi32(sum, a, b) simde_mm256_dpbusd_epi32(sum, a, b)
#define _mm256_dpwssd_avx_epi32(sum, a, b) simde_mm256_dpwssd_epi32(sum, a, b)
#define GLM_EMULATED

/* What SIMDe lacks: one lane after the other. */
#undef _mm512_maskz_loadu_ps
#undef _mm512_mask_storeu_ps
#undef _mm512_cvtepu16_epi32
#undef _mm512_cvtepu8_epi32
#undef _mm512_cvtph_ps
#undef _mm512_cvtepi32_ps
#undef _mm512_cvtps_epi32
#undef _mm512_cvtepi32_epi16
#undef _mm512_cvtepi32_epi8
#undef _mm512_extractf32x8_ps
#define _mm512_maskz_loadu_ps(mask, p) emulated_load(mask, p)
#define _mm512_mask_storeu_ps(p, mask, a) emulated_store(p, mask, a)
#define _mm512_cvtepu16_epi32(a) emulated_widen16(a)
#define _mm512_cvtepu8_epi32(a) emulated_widen8(a)
#define _mm512_cvtph_ps(a) emulated_half(a)
#define _mm512_cvtepi32_ps(a) emulated_float(a)
#define _mm512_cvtps_epi32(a) emulated_round(a)
#define _mm512_cvtepi32_epi16(a) emulated_narrow(a)
#define _mm512_cvtepi32_epi8(a) emulated_bytes(a)
#define _mm512_extractf32x8_ps(a, half) emulated_half_of(a, half)

static inline __m512 emulated_load(unsigned mask, const float *p) {
    float lanes[16] = {0};
    for (int i = 0; i < 16; i++) if (mask >> i & 1) lanes[i] = p[i];
    return _mm512_loadu_ps(lanes);
}
static inline void emulated_store(float *p, unsigned mask, __m512 a) {
    float lanes[16];
    _mm512_storeu_ps(lanes, a);
    for (int i = 0; i < 16; i++) if (mask >> i & 1) p[i] = lanes[i];
}
static inline __m512i emulated_widen16(__m256i a) {
    unsigned short halves[16];
    int lanes[16];
    _mm256_storeu_si256((__m256i *)halves, a);
    for (int i = 0; i < 16; i++) lanes[i] = halves[i];
    return _mm512_loadu_si512(lanes);
}
static inline __m512i emulated_widen8(__m128i a) {
    unsigned char bytes[16];
    int lanes[16];
    _mm_storeu_si128((__m128i *)bytes, a);
    for (int i = 0; i < 16; i++) lanes[i] = bytes[i];
    return _mm512_loadu_si512(lanes);
}
static inline __m512 emulated_half(__m256i a) {
    unsigned short halves[16];
    float lanes[16];
    _mm256_storeu_si256((__m256i *)halves, a);
    for (int i = 0; i < 16; i++) _mm_store_ss(lanes + i, _mm_cvtph_ps(_mm_cvtsi32_si128(halves[i])));
    return _mm512_loadu_ps(lanes);
}
static inline __m512i emulated_round(__m512 a) {
    float lanes[16];
    int whole[16];
    _mm512_storeu_ps(lanes, a);
    for (int i = 0; i < 16; i++) whole[i] = _mm_cvtss_si32(_mm_set_ss(lanes[i]));
    return _mm512_loadu_si512(whole);
}
static inline __m256i emulated_narrow(__m512i a) {
    short words[32];
    _mm512_storeu_si512(words, a);
    for (int i = 0; i < 16; i++) words[i] = words[2 * i];
    return _mm256_loadu_si256((const __m256i *)words);
}
static inline __m128i emulated_bytes(__m512i a) {
    signed char bytes[64];
    _mm512_storeu_si512(bytes, a);
    for (int i = 0; i < 16; i++) bytes[i] = bytes[4 * i];
    return _mm_loadu_si128((const __m128i *)bytes);
}
static inline __m512 emulated_float(__m512i a) {
    int whole[16];
    float lanes[16];
    _mm512_storeu_si512(whole, a);
    for (int i = 0; i < 16; i++) lanes[i] = (float)whole[i];
    return _mm512_loadu_ps(lanes);
}
static inline __m256 emulated_half_of(__m512 a, int half) {
    float lanes[16];
    _mm512_storeu_ps(lanes, a);
    return _mm256_loadu_ps(lanes + 8 * half);
}
