/* The tables that need an emulation here, in place of Sources/CKernels/available.c. */
#include "CKernels.h"

extern const glm_kernels glm_kernels_avx512vnni, glm_kernels_avx512, glm_kernels_avxvnni;

const glm_kernels *glm_kernels_available(size_t index) {
    const glm_kernels *tables[] = {&glm_kernels_avx512vnni, &glm_kernels_avx512, &glm_kernels_avxvnni};
    return index < sizeof tables / sizeof *tables ? tables[index] : NULL;
}
