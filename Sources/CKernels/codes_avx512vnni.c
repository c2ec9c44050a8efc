#if defined(__x86_64__)
#include <immintrin.h>
#include <stddef.h>
#include "formats.h"
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,fma,f16c"))), apply_to = function)
#include "vector_avx512.h"
#include "codes_avx512vnni.h"
#include "unpack4.h"
#define LINEAR_PACKED glm_linear_packed_avx512vnni
#define PEAK_CODES glm_peak_codes_avx512vnni
#include "codes.h"
#define ATTENTION_CODES glm_attention_codes_avx512vnni
#include "attention_codes.h"
#pragma clang attribute pop
#endif
