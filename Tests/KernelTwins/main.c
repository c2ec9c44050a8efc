/* Runs the comparisons for a processor that SwiftPM does not build for here: see `make test-neon`. */
#include "KernelTwins.h"
#include <stdio.h>

int main(void) {
    const glm_kernels *fast = glm_kernels_available(0);
    int passed = 0, failed = 0;
    for (size_t i = 0; fast && i < glm_twin_count(); i++) {
        double difference = glm_twin_difference(i, fast);
        if (difference <= 1) {
            passed++;
            continue;
        }
        failed++;
        printf("%s: %s differs from its scalar twin by %g times what rounding allows\n", fast->name, glm_twin_name(i), difference);
    }
    printf("kernels %s: %d passed, %d failed\n", fast ? fast->name : "none", passed, failed);
    return failed || !passed;
}
