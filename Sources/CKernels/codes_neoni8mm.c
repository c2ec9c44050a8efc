#if defined(__aarch64__)
#if !defined(__clang__)
#pragma GCC target("arch=armv8.2-a+dotprod+i8mm")
#endif
#include <arm_neon.h>
#include <stddef.h>
#include "formats.h"
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("dotprod,i8mm"))), apply_to = function)
#endif
#include "vector_neon.h"
#include "codes_neoni8mm.h"
#include "unpack4.h"
#define LINEAR_PACKED glm_linear_packed_neoni8mm
#define PEAK_CODES glm_peak_codes_neoni8mm
#include "codes.h"
#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
