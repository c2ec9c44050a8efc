#if defined(__aarch64__)
#include <arm_neon.h>
#include <stddef.h>
#include "formats.h"
#include "vector_neon.h"
#include "codes_neon.h"
#include "unpack4.h"
#define LINEAR_PACKED glm_linear_packed_neon
#define PEAK_CODES glm_peak_codes_neon
#include "codes.h"
#endif
