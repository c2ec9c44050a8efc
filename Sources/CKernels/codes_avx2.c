#if defined(__x86_64__)
#include <immintrin.h>
#include <stddef.h>
#include "formats.h"
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#include "vector_avx2.h"
#include "codes_avx2.h"
#include "unpack4.h"
#define LINEAR_PACKED glm_linear_packed_avx2
#define PEAK_CODES glm_peak_codes_avx2
#include "codes.h"
#pragma clang attribute pop
#endif
