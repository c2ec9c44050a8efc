/* Sixteen lanes. The names are those that kernels.h is written in. */
enum { LANES = 16, outer_rows = 8, outer_vectors = 2 };
typedef __m512 vec;

static inline __mmask16 lanes(size_t n) { return (__mmask16)((1u << n) - 1); }

static inline vec v_set(float a) { return _mm512_set1_ps(a); }
static inline vec v_load(const float *p) { return _mm512_loadu_ps(p); }
static inline vec v_load_some(const float *p, size_t n) { return _mm512_maskz_loadu_ps(lanes(n), p); }
static inline void v_store(float *p, vec a) { _mm512_storeu_ps(p, a); }
static inline void v_store_some(float *p, vec a, size_t n) { _mm512_mask_storeu_ps(p, lanes(n), a); }
static inline vec v_add(vec a, vec b) { return _mm512_add_ps(a, b); }
static inline vec v_sub(vec a, vec b) { return _mm512_sub_ps(a, b); }
static inline vec v_mul(vec a, vec b) { return _mm512_mul_ps(a, b); }
static inline vec v_div(vec a, vec b) { return _mm512_div_ps(a, b); }
static inline vec v_max(vec a, vec b) { return _mm512_max_ps(a, b); }
static inline vec v_min(vec a, vec b) { return _mm512_min_ps(a, b); }
static inline vec v_fma(vec a, vec b, vec c) { return _mm512_fmadd_ps(a, b, c); }
static inline __m256 v_fold(vec a) { return _mm256_add_ps(_mm512_castps512_ps256(a), _mm512_extractf32x8_ps(a, 1)); }
static inline float v_sum(vec a) {
    __m256 half = v_fold(a), halves = _mm256_hadd_ps(_mm256_hadd_ps(half, half), half);
    return _mm_cvtss_f32(_mm_add_ss(_mm256_castps256_ps128(halves), _mm256_extractf128_ps(halves, 1)));
}
static inline float v_most(vec a) {
    __m256 half = _mm256_max_ps(_mm512_castps512_ps256(a), _mm512_extractf32x8_ps(a, 1));
    __m128 quarter = _mm_max_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
    quarter = _mm_max_ps(quarter, _mm_movehl_ps(quarter, quarter));
    return _mm_cvtss_f32(_mm_max_ss(quarter, _mm_movehdup_ps(quarter)));
}
static inline void v_store_bytes(int8_t *p, vec a) { _mm_storeu_si128((__m128i *)p, _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(a))); }
static inline vec v_round(vec a) { return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT); }
static inline vec v_scale(vec a, vec power) { return _mm512_scalef_ps(a, power); }

static inline vec v_load_bf16(const void *p) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256(p)), 16));
}
static inline vec v_load_f16(const void *p) { return _mm512_cvtph_ps(_mm256_loadu_si256(p)); }
