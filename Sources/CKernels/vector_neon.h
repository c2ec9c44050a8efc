/* Four lanes. The names are those that kernels.h is written in. */
enum { LANES = 4, outer_rows = 6, outer_vectors = 4 };
typedef float32x4_t vec;

static inline vec v_set(float a) { return vdupq_n_f32(a); }
static inline vec v_load(const float *p) { return vld1q_f32(p); }
static inline vec v_load_some(const float *p, size_t n) {
    float part[4] = {0};
    for (size_t i = 0; i < n; i++) part[i] = p[i];
    return vld1q_f32(part);
}
static inline void v_store(float *p, vec a) { vst1q_f32(p, a); }
static inline void v_store_some(float *p, vec a, size_t n) {
    float part[4];
    vst1q_f32(part, a);
    for (size_t i = 0; i < n; i++) p[i] = part[i];
}
static inline vec v_add(vec a, vec b) { return vaddq_f32(a, b); }
static inline vec v_sub(vec a, vec b) { return vsubq_f32(a, b); }
static inline vec v_mul(vec a, vec b) { return vmulq_f32(a, b); }
static inline vec v_div(vec a, vec b) { return vdivq_f32(a, b); }
static inline vec v_max(vec a, vec b) { return vmaxq_f32(a, b); }
static inline vec v_min(vec a, vec b) { return vminq_f32(a, b); }
static inline vec v_fma(vec a, vec b, vec c) { return vfmaq_f32(c, a, b); }
static inline float v_sum(vec a) { return vaddvq_f32(a); }
static inline float v_most(vec a) { return vmaxvq_f32(a); }
static inline void v_store_bytes(int8_t *p, vec a) {
    int16x4_t words = vqmovn_s32(vcvtnq_s32_f32(a));
    int8x8_t bytes = vqmovn_s16(vcombine_s16(words, words));
    memcpy(p, &bytes, 4);
}
static inline vec v_round(vec a) { return vrndnq_f32(a); }
static inline vec v_scale(vec a, vec power) {
    int32x4_t exponent = vshlq_n_s32(vaddq_s32(vcvtnq_s32_f32(power), vdupq_n_s32(127)), 23);
    return vmulq_f32(a, vreinterpretq_f32_s32(exponent));
}

static inline vec v_load_bf16(const void *p) {
    uint16x4_t half;
    memcpy(&half, p, sizeof half);
    return vreinterpretq_f32_u32(vshlq_n_u32(vmovl_u16(half), 16));
}
static inline vec v_load_f16(const void *p) {
    uint16x4_t half;
    memcpy(&half, p, sizeof half);
    return vcvt_f32_f16(vreinterpret_f16_u16(half));
}
