/* A block of 4-bit weights as one of 8-bit weights: what many rows of x are worth. */
#include "packed.h"

static inline void unpack4(q8_block *to, const q4_block *from) {
    for (size_t r = 0; r < glm_strip; r++) to->scales[r] = from_bf16(from->scales[r]);
    for (size_t g = 0; g < groups; g++) {
        uint8_t multipliers[4 * glm_strip], offsets[4 * glm_strip]; /* for each byte of a quad */
        for (size_t i = 0; i < 4 * glm_strip; i++) {
            multipliers[i] = from->multipliers[g / 2][i / 4] >> (g % 2 * 4) & 15;
            offsets[i] = (uint8_t)(from->offsets[g / 2][i / 4][g % 2] + 128);
        }
        for (size_t p = g * 4; p < g * 4 + 4; p++)
            for (size_t i = 0; i < 4 * glm_strip; i++) {
                uint8_t both = from->codes[p][i];
                to->codes[2 * p][i] = (uint8_t)(multipliers[i] * (both & 15) + offsets[i]);
                to->codes[2 * p + 1][i] = (uint8_t)(multipliers[i] * (both >> 4) + offsets[i]);
            }
    }
}
