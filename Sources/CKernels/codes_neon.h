/* Four rows of W in a vector. With the dot product extension (`GLM_DOT` defined before this file) a lane gets four products
 * at a time; without it bytes are multiplied to 16 bits, where two products of 127 · 127 have room, and added in two steps.
 * Names are those that codes.h is written in. */
enum { M8 = 4, M4 = 4, depth = 8 };
#define UNPACK_FROM 12

typedef int32x4_t ivec;

static inline ivec i_load(const void *p) { return vreinterpretq_s32_u8(vld1q_u8(p)); }
static inline ivec i_zero(void) { return vdupq_n_s32(0); }
static inline ivec i_add(ivec a, ivec b) { return vaddq_s32(a, b); }
static inline vec i_float(ivec a) { return vcvtq_f32_s32(a); }
static inline ivec i_quad(const int8_t *p) {
    int32_t bits;
    memcpy(&bits, p, sizeof bits);
    return vdupq_n_s32(bits);
}

static inline ivec i_dot(ivec sum, ivec w, ivec x) {
    int8x16_t a = vreinterpretq_s8_s32(w), b = vreinterpretq_s8_s32(x);
#if defined(GLM_DOT)
    return vdotq_s32(sum, a, b);
#else
    int16x8_t low = vmull_s8(vget_low_s8(a), vget_low_s8(b)), high = vmull_high_s8(a, b);
    return vaddq_s32(sum, vpaddq_s32(vpaddlq_s16(low), vpaddlq_s16(high)));
#endif
}

/* 8-bit codes, with their sign. */
static inline ivec i_weights8(const uint8_t *p) { return vreinterpretq_s32_u8(veorq_u8(vld1q_u8(p), vdupq_n_u8(128))); }
static inline ivec i_start8(int sum) { return (void)sum, i_zero(); }
static inline ivec i_dot8(ivec sum, ivec w, ivec x) { return i_dot(sum, w, x); }

static inline ivec i_low(ivec a) {
    return vreinterpretq_s32_u8(vandq_u8(vreinterpretq_u8_s32(a), vdupq_n_u8(15)));
}
static inline ivec i_high(ivec a) { return vreinterpretq_s32_u8(vshrq_n_u8(vreinterpretq_u8_s32(a), 4)); }
static inline ivec i_dot4(ivec group, ivec w, ivec x) { return i_dot(group, w, x); }

/* The multipliers of rows 4v … 4v + 3. */
static inline ivec i_multipliers(const uint8_t *p, size_t v, size_t high) {
    uint32_t four;
    memcpy(&four, p + 4 * v, sizeof four);
    four = (high ? four >> 4 : four) & 0x0f0f0f0f;
    uint16x8_t wide = vmovl_u8(vcreate_u8(four));
    return vreinterpretq_s32_u32(vmovl_u16(vget_low_u16(wide)));
}
static inline ivec i_multiply_add(ivec sum, ivec group, ivec multipliers) { return vmlaq_s32(sum, group, multipliers); }

/* Two offsets of each row against two sums of x. */
static inline ivec i_offsets(const int8_t *p) { return vreinterpretq_s32_s16(vmovl_s8(vld1_s8(p))); }
static inline ivec i_pair(const int16_t *p) { return i_quad((const int8_t *)p); }
static inline ivec i_dot_pairs(ivec sum, ivec a, ivec b) {
    int16x8_t c = vreinterpretq_s16_s32(a), d = vreinterpretq_s16_s32(b);
    int32x4_t low = vmull_s16(vget_low_s16(c), vget_low_s16(d)), high = vmull_high_s16(c, d);
    return vaddq_s32(sum, vpaddq_s32(low, high));
}
