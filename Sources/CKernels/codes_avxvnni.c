#if defined(__x86_64__)
#include <immintrin.h>
#include <stddef.h>
#include "formats.h"
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,avxvnni"))), apply_to = function)
#include "vector_avx2.h"
#include "codes_avxvnni.h"
#include "unpack4.h"
#define LINEAR_PACKED glm_linear_packed_avxvnni
#define PEAK_CODES glm_peak_codes_avxvnni
#include "codes.h"
#define ATTENTION_CODES glm_attention_codes_avxvnni
#include "attention_codes.h"
#pragma clang attribute pop
#endif
