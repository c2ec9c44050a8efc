/* Weights and activations into few bits, in the vocabulary of vector_*.h. */
#include "largest.h"
#include "packed.h"
#include <math.h>

enum { group_vectors = glm_group / LANES, offsets_tried = 5, steps_tried = 5, scales_tried = 4 };

/* A block as codes -127 … 127, and the sum of each group; → their scale. What is under 1e-30 is nothing, and has no
 * reciprocal. */
static float quantise_block(int8_t *codes, int16_t *sums, const float *x) {
    float top = largest(x, glm_block);
    if (!(top >= 1e-30f)) {
        memset(codes, 0, glm_block);
        memset(sums, 0, groups * sizeof *sums);
        return top == top ? 0 : top;
    }
    vec inverse = v_set(127 / top);
    for (size_t g = 0; g < groups; g++) {
        vec sum = v_set(0);
        for (size_t i = g * glm_group; i < (g + 1) * glm_group; i += LANES) {
            vec whole = v_round(v_mul(v_load(x + i), inverse));
            v_store_bytes(codes + i, whole);
            sum = v_add(sum, whole);
        }
        sums[g] = (int16_t)v_sum(sum);
    }
    return top / 127;
}

static void quantise(const glm_codes *to, const float *x, size_t k, size_t first, size_t last) {
    size_t blocks = pieces(k, glm_block), tile = rows_in_tile(to->rows);
    for (size_t i = first; i < last; i++)
        for (size_t b = 0; b < blocks; b++) {
            size_t at = block_at(tile, i, b, blocks), c = b * glm_block;
            const float *block = x + i * k + c;
            float part[glm_block] = {0};
            if (k - c < glm_block) block = memcpy(part, block, (k - c) * sizeof *x);
            int8_t codes[glm_block], *quad = to->codes + codes_at(tile, i, b, blocks);
            to->scales[at] = quantise_block(codes, to->sums + at * groups, block);
            for (size_t q = 0; q < quads; q++, quad += tile * 4) memcpy(quad, codes + q * 4, 4);
        }
}

/* ---- 4 bits ---- */

/* The straight line through a group: x ≈ step · code + least, with what the search needs to know of x and of the codes. */
typedef struct {
    float step, mean_x, mean_code;
} line;

/* The line of least squares among those that some cuts of the group's range lead to: for each the codes are rounded, and
 * then the line is drawn anew through the points (code, x). What it leaves unexplained is var(x) - step · cov(x, code). */
static line best_line(const vec *x) {
    vec low = x[0], high = x[0], sum = v_set(0);
    for (size_t i = 0; i < group_vectors; i++) {
        low = v_min(low, x[i]);
        high = v_max(high, x[i]);
        sum = v_add(sum, x[i]);
    }
    float ends[2 * LANES], bottom, top;
    v_store(ends, low);
    v_store(ends + LANES, high);
    bottom = ends[0], top = ends[LANES];
    for (size_t i = 0; i < LANES; i++) {
        bottom = ends[i] < bottom ? ends[i] : bottom;
        top = ends[LANES + i] > top ? ends[LANES + i] : top;
    }
    line best = {0, v_sum(sum) / glm_group, 0};
    float most = 0;
    if (!(top > bottom)) return best;
    for (int s = 0; s < steps_tried; s++)
        for (int o = 0; o < offsets_tried; o++) {
            /* a step of 1.02 to 0.74 fifteenths of the range, and its middle moved by up to half a step */
            float step = (top - bottom) / 15 * (1.02f - 0.07f * (float)s);
            float least = (bottom + top) / 2 - step * (7.5f + 0.25f * (float)(o - 2));
            vec inverse = v_set(1 / step), shift = v_set(-least / step);
            vec codes = v_set(0), squares = v_set(0), products = v_set(0);
            for (size_t i = 0; i < group_vectors; i++) {
                vec code = v_min(v_set(15), v_max(v_set(0), v_round(v_fma(x[i], inverse, shift))));
                codes = v_add(codes, code);
                squares = v_fma(code, code, squares);
                products = v_fma(code, x[i], products);
            }
            float mean = v_sum(codes) / glm_group;
            float variance = v_sum(squares) - mean * mean * glm_group;
            float covariance = v_sum(products) - mean * best.mean_x * glm_group;
            if (!(variance > 0) || !(covariance * covariance / variance > most)) continue;
            most = covariance * covariance / variance;
            best.step = covariance / variance;
            best.mean_code = mean;
        }
    return best;
}

/* What a group becomes at one scale: whole numbers, and the squared error they leave. */
typedef struct {
    int multiplier, offset, last; /* `last` is the largest code with multiplier · code + offset <= 127 */
    float error;
} whole_line;

static whole_line evaluate(const vec *x, float scale, int multiplier, float offset, float *mean_code) {
    whole_line found = {.multiplier = multiplier, .last = 15};
    found.offset = (int)nearbyintf(offset < -127 ? -127 : offset > 127 ? 127 : offset);
    if (multiplier && (127 - found.offset) / multiplier < 15) found.last = (127 - found.offset) / multiplier;
    vec by = v_set(multiplier ? 1 / (scale * (float)multiplier) : 0);
    vec shift = v_set(multiplier ? -(float)found.offset / (float)multiplier : 0);
    vec step = v_set(-scale * (float)multiplier), least = v_set(-scale * (float)found.offset);
    vec errors = v_set(0), codes = v_set(0);
    for (size_t i = 0; i < group_vectors; i++) {
        vec code = v_round(v_fma(x[i], by, shift));
        code = v_min(v_set((float)found.last), v_max(v_set(0), code));
        vec error = v_fma(code, step, v_add(x[i], least));
        errors = v_fma(error, error, errors);
        codes = v_add(codes, code);
    }
    *mean_code = v_sum(codes) / glm_group;
    found.error = v_sum(errors);
    return found;
}

/* Of the two multipliers around the line's step, each with the offset that keeps the mean, and once more with that of the
 * codes it led to. */
static whole_line best_whole_line(const vec *x, line line, float scale) {
    whole_line best = {.error = INFINITY};
    int below = (int)(line.step / scale);
    for (int m = below; m <= below + 1; m++) {
        int multiplier = m > 15 ? 15 : m;
        float mean_code = line.mean_code;
        for (int again = 0; again < 2; again++) {
            float offset = line.mean_x / scale - (float)multiplier * mean_code;
            whole_line found = evaluate(x, scale, multiplier, offset, &mean_code);
            if (found.error < best.error) best = found;
        }
    }
    return best;
}

static uint16_t to_bf16(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

/* Row r of a block, scaled to -1 … 1 while it is searched, so that no square is too small or too large. */
static void pack4_row(q4_block *to, size_t r, const float *in) {
    float top = largest(in, glm_block);
    if (!(top >= 1e-30f)) { /* all else in the block is zero */
        to->scales[r] = top == top ? 0 : 0x7fc0;
        return;
    }
    vec x[groups][group_vectors];
    line lines[groups];
    for (size_t g = 0; g < groups; g++) {
        for (size_t i = 0; i < group_vectors; i++)
            x[g][i] = v_mul(v_load(in + g * glm_group + i * LANES), v_set(1 / top));
        lines[g] = best_line(x[g]);
    }
    whole_line best[groups];
    float least = INFINITY;
    for (int s = 0; s < scales_tried; s++) {
        uint16_t rounded = to_bf16(top / (127 - 7 * (float)s));
        float scale = from_bf16(rounded) / top, error = 0;
        whole_line found[groups];
        for (size_t g = 0; g < groups; g++) {
            found[g] = best_whole_line(x[g], lines[g], scale);
            error += found[g].error;
        }
        if (!(error < least)) continue;
        least = error;
        to->scales[r] = rounded;
        memcpy(best, found, sizeof best);
    }
    float scale = from_bf16(to->scales[r]) / top;
    for (size_t g = 0; g < groups; g++) {
        whole_line w = best[g];
        to->multipliers[g / 2][r] |= (uint8_t)(w.multiplier << (g % 2 * 4));
        to->offsets[g / 2][r][g % 2] = (int8_t)w.offset;
        for (size_t c = 0; c < glm_group; c++) {
            float value = in[g * glm_group + c] / top / scale - (float)w.offset;
            float code = w.multiplier ? nearbyintf(value / (float)w.multiplier) : 0;
            int whole = code < 0 ? 0 : code > (float)w.last ? w.last : (int)code;
            size_t quad = (g * glm_group + c) / 4;
            to->codes[quad / 2][r * 4 + c % 4] |= (uint8_t)(whole << (quad % 2 * 4));
        }
    }
}

/* ---- 8 bits ---- */

static void pack8_row(q8_block *to, size_t r, const float *in) {
    int8_t codes[glm_block];
    int16_t sums[groups];
    to->scales[r] = quantise_block(codes, sums, in);
    for (size_t c = 0; c < glm_block; c++) to->codes[c / 4][r * 4 + c % 4] = (uint8_t)(codes[c] + 128);
}

static void pack(void *packed, glm_format to, const void *w, glm_format from, size_t n, size_t k,
                 size_t first, size_t last) {
    char *block = packed;
    size_t size = to == glm_q8 ? glm_q8_bytes : glm_q4_bytes;
    for (size_t j = first * glm_strip; j < last * glm_strip; j += glm_strip)
        for (size_t c = 0; c < k; c += glm_block, block += size) {
            memset(block, 0, size);
            for (size_t r = 0; r < glm_strip; r++) {
                float x[glm_block] = {0};
                size_t count = k - c < glm_block ? k - c : glm_block;
                const char *row = row_of(w, from, j + r - first * glm_strip, k);
                if (j + r < n) unpack(x, row + c * bytes_per_element(from), from, count);
                if (to == glm_q8) pack8_row((q8_block *)block, r, x);
                else pack4_row((q4_block *)block, r, x);
            }
        }
}
