/* A block of 4-bit weights as one of 8-bit weights: what many rows of x are worth. Plain loops that compilers make vectors of. */
#include "packed.h"
#include <string.h>

static inline void unpack4(q8_block *to, const q4_block *from) {
    for (size_t r = 0; r < glm_strip; r++) to->scales[r] = from_bf16(from->scales[r]);
    for (size_t g = 0; g < groups; g++) {
        /* Of each row four bytes side by side, as the codes of a quad are. */
        uint32_t multipliers[glm_strip], offsets[glm_strip];
        uint16_t pairs[glm_strip];
        memcpy(pairs, from->offsets[g / 2], sizeof pairs);
        for (size_t r = 0; r < glm_strip; r++) {
            multipliers[r] = (from->multipliers[g / 2][r] >> (g % 2 * 4) & 15u) * 0x00010001u;
            offsets[r] = (uint8_t)(pairs[r] >> (g % 2 * 8) ^ 128) * 0x01010101u;
        }
        uint16_t factor[2 * glm_strip];
        uint8_t offset[4 * glm_strip];
        memcpy(factor, multipliers, sizeof factor);
        memcpy(offset, offsets, sizeof offset);
        for (size_t p = g * 4; p < g * 4 + 4; p++) {
            /* Two codes at once: at most 15 · 15, the product of the lower one does not reach the upper one. */
            uint16_t both[2 * glm_strip], even[2 * glm_strip], odd[2 * glm_strip];
            memcpy(both, from->codes[p], sizeof both);
            for (size_t i = 0; i < 2 * glm_strip; i++) {
                even[i] = (uint16_t)((both[i] & 0x0f0f) * factor[i]);
                odd[i] = (uint16_t)((both[i] >> 4 & 0x0f0f) * factor[i]);
            }
            memcpy(to->codes[2 * p], even, sizeof even);
            memcpy(to->codes[2 * p + 1], odd, sizeof odd);
            for (size_t i = 0; i < 4 * glm_strip; i++) {
                to->codes[2 * p][i] = (uint8_t)(to->codes[2 * p][i] + offset[i]);
                to->codes[2 * p + 1][i] = (uint8_t)(to->codes[2 * p + 1][i] + offset[i]);
            }
        }
    }
}
