/* Attention in whole numbers, one lane at a time: what it adds are whole numbers and rows that never meet, so that kernels of many
 * lanes must give its bits. */
#include "../../Sources/CKernels/formats.h"
#include <math.h>
#include <string.h>
#include "../../Sources/CKernels/vector_scalar.h"

enum { outer_rows = 8, outer_vectors = 2 };

static inline vec v_load_some(const float *p, size_t n) { return n ? *p : 0; }
static inline void v_store_some(float *p, vec a, size_t n) { if (n) *p = a; }
static inline vec v_div(vec a, vec b) { return a / b; }
static inline vec v_scale(vec a, vec power) { return ldexpf(a, (int)power); }
static inline vec v_load_bf16(const void *p) { return element(p, glm_bf16, 0); }
static inline vec v_load_f16(const void *p) { return element(p, glm_f16, 0); }

typedef int32_t ivec;

static inline ivec i_load(const void *p) { return *(const int32_t *)p; }
static inline void i_store(void *p, ivec a) { *(int32_t *)p = a; }
static inline void i_store_words(void *p, ivec a) {
    int16_t word = (int16_t)a;
    memcpy(p, &word, sizeof word);
}
static inline ivec i_zero(void) { return 0; }
static inline ivec i_round(vec a) { return (int32_t)nearbyintf(a); }
static inline vec i_float(ivec a) { return (float)a; }
static inline ivec i_join(ivec low, ivec high) { return (int32_t)(((uint32_t)high << 16) | ((uint32_t)low & 0xffff)); }
static inline ivec i_dot_pair(ivec sum, const int32_t *pair, ivec b) {
    ivec a = *pair;
    return sum + (int16_t)a * (int16_t)b + (int16_t)(a >> 16) * (int16_t)(b >> 16);
}

#define ATTENTION_CODES glm_twin_attention_codes
#include "../../Sources/CKernels/attention_codes.h"
