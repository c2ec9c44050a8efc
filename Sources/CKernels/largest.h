#pragma once
#include "formats.h"

/* The largest |x| of `count`, whole vectors, or what is not a number if one of them is
 * not finite: 0 · x is 0 only for what is. */
static inline float largest(const float *x, size_t count) {
    vec high = v_set(0), low = v_set(0), bad = v_set(0);
    for (size_t i = 0; i < count; i += LANES) {
        vec a = v_load(x + i);
        high = v_max(high, a);
        low = v_min(low, a);
        bad = v_fma(v_set(0), a, bad);
    }
    return v_most(v_max(high, v_sub(v_set(0), low))) + v_sum(bad);
}
