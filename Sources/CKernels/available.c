/* Which tables this machine can run, asked of the processor when the program is loaded. */
#include "CKernels.h"

static const glm_kernels *tables[5];

#if defined(__x86_64__)
extern const glm_kernels glm_kernels_avx512vnni, glm_kernels_avx512, glm_kernels_avxvnni, glm_kernels_avx2;

__attribute__((constructor)) static void choose(void) {
    size_t count = 0;
    __builtin_cpu_init();
    int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
    int avx512 = avx2 && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("avx512dq");
    if (avx512 && __builtin_cpu_supports("avx512vnni")) tables[count++] = &glm_kernels_avx512vnni;
    if (avx512) tables[count++] = &glm_kernels_avx512;
    if (avx2 && __builtin_cpu_supports("avxvnni")) tables[count++] = &glm_kernels_avxvnni;
    if (avx2) tables[count++] = &glm_kernels_avx2;
    tables[count] = &glm_kernels_scalar;
}
#else
#if defined(__aarch64__)
extern const glm_kernels glm_kernels_neoni8mm, glm_kernels_neondot, glm_kernels_neon;

#if defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
static int has_matrix_product(void) { return (getauxval(AT_HWCAP2) & HWCAP2_I8MM) != 0; }
static int has_dot_product(void) { return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0; }
#else
#include <sys/sysctl.h>
static int has_matrix_product(void) {
    int value = 0;
    size_t size = sizeof value;
    return sysctlbyname("hw.optional.arm.FEAT_I8MM", &value, &size, NULL, 0) == 0 && value;
}
static int has_dot_product(void) { return 1; } /* every ARM of Apple's Macs */
#endif
#endif

__attribute__((constructor)) static void choose(void) {
    size_t count = 0;
#if defined(__aarch64__)
    if (has_matrix_product()) tables[count++] = &glm_kernels_neoni8mm;
    if (has_dot_product()) tables[count++] = &glm_kernels_neondot;
    tables[count++] = &glm_kernels_neon;
#endif
    tables[count] = &glm_kernels_scalar;
}
#endif

const glm_kernels *glm_kernels_available(size_t index) {
    return index < sizeof tables / sizeof *tables ? tables[index] : NULL;
}
