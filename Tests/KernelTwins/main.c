/* Runs the comparisons for processors that SwiftPM does not build for here: see `make test-neon` and `test-emulated`. */
#include "KernelTwins.h"
#include <stdio.h>

int main(void) {
    int all = 0, failed = 0;
    const glm_kernels *fast;
    for (size_t table = 0; (fast = glm_kernels_available(table)) && fast != &glm_kernels_scalar; table++) {
        int before = failed;
        for (size_t i = 0; i < glm_twin_count(); i++, all++) {
            double difference = glm_twin_difference(i, fast);
            if (difference <= 1) continue;
            failed++;
            printf("%s: %s differs from its scalar twin by %g times what rounding allows\n", fast->name, glm_twin_name(i),
                   difference);
        }
        printf("kernels %s: %zu compared, %d failed\n", fast->name, glm_twin_count(), failed - before);
    }
    return failed || !all;
}
