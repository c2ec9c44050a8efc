/* Which tables this machine can run, asked of the processor when the program is loaded. */
#include "CKernels.h"

static const glm_kernels *tables[3];

#if defined(__x86_64__)
extern const glm_kernels glm_kernels_avx512, glm_kernels_avx2;

__attribute__((constructor)) static void choose(void) {
    size_t count = 0;
    __builtin_cpu_init();
    int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
    if (avx2 && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("avx512dq"))
        tables[count++] = &glm_kernels_avx512;
    if (avx2) tables[count++] = &glm_kernels_avx2;
    tables[count] = &glm_kernels_scalar;
}
#else
#if defined(__aarch64__)
extern const glm_kernels glm_kernels_neon;
#endif

__attribute__((constructor)) static void choose(void) {
    size_t count = 0;
#if defined(__aarch64__)
    tables[count++] = &glm_kernels_neon;
#endif
    tables[count] = &glm_kernels_scalar;
}
#endif

const glm_kernels *glm_kernels_available(size_t index) {
    return index < sizeof tables / sizeof *tables ? tables[index] : NULL;
}
