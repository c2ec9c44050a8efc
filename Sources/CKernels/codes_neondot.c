#if defined(__aarch64__)
#if !defined(__clang__)
#pragma GCC target("arch=armv8.2-a+dotprod")
#endif
#include <arm_neon.h>
#include <stddef.h>
#include "formats.h"
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)
#endif
#include "vector_neon.h"
#define GLM_DOT
#include "codes_neon.h"
#include "unpack4.h"
#define LINEAR_PACKED glm_linear_packed_neondot
#define PEAK_CODES glm_peak_codes_neondot
#include "codes.h"
#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
