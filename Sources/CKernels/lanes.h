/* What the kernels share, in the vocabulary of vector_*.h. */
#pragma once
#include "formats.h"
#include <math.h>

/* e^x = 2^n · e^r with |r| <= ln 2 / 2, where seven terms of Taylor's series leave an error under 1e-8. Below -87 it
 * gives the smallest normal number instead of zero, above 88 the value at 88. */
static inline vec v_exp(vec x) {
    x = v_min(v_set(88.3f), v_max(v_set(-87.3f), x)); /* in this order what is not a number stays so on x86 */
    vec n = v_round(v_mul(x, v_set(1.44269504f)));
    vec r = v_fma(n, v_set(-0.693359375f), x); /* ln 2 in two parts, the first exact in few bits */
    r = v_fma(n, v_set(2.12194440e-4f), r);
    vec sum = v_set(1.0f / 5040);
    sum = v_fma(sum, r, v_set(1.0f / 720));
    sum = v_fma(sum, r, v_set(1.0f / 120));
    sum = v_fma(sum, r, v_set(1.0f / 24));
    sum = v_fma(sum, r, v_set(1.0f / 6));
    sum = v_fma(sum, r, v_set(1.0f / 2));
    sum = v_fma(sum, r, v_set(1));
    sum = v_fma(sum, r, v_set(1));
    return v_scale(sum, n);
}

static inline vec load_lanes(const float *p, size_t n) { return n == LANES ? v_load(p) : v_load_some(p, n); }

static inline void store_lanes(float *p, vec a, size_t n) {
    if (n == LANES) v_store(p, a);
    else v_store_some(p, a, n);
}

static void unpack(float *y, const char *w, glm_format format, size_t count) {
    size_t i = 0;
    if (format == glm_bf16)
        for (; i + LANES <= count; i += LANES) v_store(y + i, v_load_bf16(w + 2 * i));
    else if (format == glm_f16)
        for (; i + LANES <= count; i += LANES) v_store(y + i, v_load_f16(w + 2 * i));
    for (; i < count; i++) y[i] = element(w, format, i);
}
