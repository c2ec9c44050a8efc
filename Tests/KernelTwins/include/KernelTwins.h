/* Each fast kernel against its scalar twin, on the same numbers: for the Swift tests, and for a core that only an
 * emulator has. */
#pragma once
#include "CKernels.h"

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

/* How many comparisons there are. */
size_t glm_twin_count(void);

/* What comparison `index` is of, for people. */
const char *glm_twin_name(size_t index);

/* The largest difference between the two, in units of what rounding allows: at most 1 where they agree. Infinite where
 * the fast one wrote what it should not have. */
double glm_twin_difference(size_t index, const glm_kernels *fast);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif
