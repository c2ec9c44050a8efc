/* Packed weights: what is whole numbers must be the same to the bit. */
#include "twins.h"
#include "../../Sources/CKernels/packed.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint32_t next(uint32_t *seed) { return (*seed = *seed * 1664525 + 1013904223) >> 8; }

/* Blocks whose codes, multipliers and offsets are drawn from all that a packer may write, the ends often. */
static void *drawn(size_t n, size_t k, glm_format format, uint32_t seed) {
    size_t size = format == glm_q8 ? glm_q8_bytes : glm_q4_bytes, count = pieces(n, glm_strip) * pieces(k, glm_block);
    char *blocks = malloc(count * size);
    for (size_t i = 0; i < count; i++) {
        int isExtreme = next(&seed) % 4 == 0;
        q8_block *w8 = (q8_block *)(blocks + i * size);
        q4_block *w4 = (q4_block *)(blocks + i * size);
        uint8_t *codes = format == glm_q8 ? w8->codes[0] : w4->codes[0];
        for (size_t c = 0; c < (format == glm_q8 ? sizeof w8->codes : sizeof w4->codes); c++) {
            codes[c] = (uint8_t)(isExtreme ? (next(&seed) % 2 ? 255 : format == glm_q8) : next(&seed));
            if (format == glm_q8 && codes[c] == 0) codes[c] = 1;
        }
        for (size_t r = 0; r < glm_strip; r++) {
            uint32_t draw = next(&seed);
            if (format == glm_q8) w8->scales[r] = (float)draw * 0x1p-34f;
            else w4->scales[r] = (uint16_t)(0x3800 + draw % 0x300);
            for (size_t g = 0; format == glm_q4 && g < groups; g++) {
                int multiplier = isExtreme ? 15 : (int)(next(&seed) % 16);
                uint8_t *pair = &w4->multipliers[g / 2][r];
                *pair = (uint8_t)(g % 2 ? (*pair & 15) | multiplier << 4 : multiplier);
                w4->offsets[g / 2][r][g % 2] = (int8_t)(-127 + (int)(next(&seed) % (uint32_t)(255 - 15 * multiplier)));
            }
        }
    }
    return blocks;
}

/* Activations with outliers, blocks of one size whose codes are all ends, and a block of zeros. */
static float *activations(size_t m, size_t k, uint32_t seed) {
    float *x = glm_twin_numbers(m * k, 1, seed);
    for (size_t i = 0; i < m * k; i++) {
        size_t block = i % k / glm_block + i / k;
        if (next(&seed) % 100 == 0) x[i] *= 50;
        if (block % 5 == 1) x[i] = x[i] < 0 ? -3 : 3;
        if (block % 7 == 3) x[i] = 0;
    }
    return x;
}

typedef struct {
    glm_codes codes;
    size_t count, blocks;
} buffers;

static buffers empty(size_t m, size_t k) {
    buffers b = {.blocks = glm_tiled_rows(m) * pieces(k, glm_block)};
    b.count = b.blocks * glm_block;
    b.codes = (glm_codes){calloc(b.count, 1), calloc(b.blocks, sizeof(float)), calloc(b.blocks * groups, sizeof(int16_t)), m};
    return b;
}

static void release(buffers b) { free(b.codes.codes), free(b.codes.scales), free(b.codes.sums); }

/* 0 where the codes are the same, and infinity where they are not. */
double glm_quantise_difference(const glm_kernels *fast, size_t m, size_t k) {
    float *x = activations(m, k, 1);
    if (m > 2) x[0] = NAN, x[k] = INFINITY; /* their blocks are not a number, and no other */
    buffers a = empty(m, k), b = empty(m, k);
    const glm_kernels *both[] = {fast, &glm_kernels_scalar};
    for (int i = 0; i < 2; i++) {
        both[i]->quantise(i ? &b.codes : &a.codes, x, k, 0, m / 2);
        both[i]->quantise(i ? &b.codes : &a.codes, x, k, m / 2, m);
    }
    int same = !memcmp(a.codes.codes, b.codes.codes, a.count)
        && !memcmp(a.codes.sums, b.codes.sums, a.blocks * groups * sizeof(int16_t));
    for (size_t i = 0; i < a.blocks; i++) {
        int bad = isnan(b.codes.scales[i]) != 0, expected = m > 2 && i < 2; /* the first blocks of two rows */
        if (bad != expected || isnan(a.codes.scales[i]) != bad) same = 0;
        if (!bad && a.codes.scales[i] != b.codes.scales[i]) same = 0;
    }
    free(x), release(a), release(b);
    return same ? 0 : INFINITY;
}

/* 0 where y is the same to the bit: in two parts as two threads would, and each row alone too. */
double glm_packed_difference(const glm_kernels *fast, glm_format format, size_t m, size_t n, size_t k) {
    size_t split = n / 2 / glm_strip * glm_strip;
    float *x = activations(m, k, 1), *bias = glm_twin_numbers(n, 1, 3);
    float *y = glm_twin_numbers(m * n, 1, 4), *z = glm_twin_numbers(m * n, 1, 4), *alone = glm_twin_numbers(n, 1, 4);
    void *w = drawn(n, k, format, 2);
    buffers in = empty(m, k);
    glm_kernels_scalar.quantise(&in.codes, x, k, 0, m);
    y[m * n] = z[m * n] = alone[n] = 12345;
    const glm_kernels *both[] = {fast, &glm_kernels_scalar};
    for (int i = 0; i < 2; i++) {
        both[i]->linear_packed(i ? z : y, &in.codes, w, format, bias, m, n, k, 0, split);
        both[i]->linear_packed(i ? z : y, &in.codes, w, format, NULL, m, n, k, split, n);
    }
    int same = y[m * n] == 12345 && !memcmp(y, z, m * n * sizeof *y);
    in.codes.rows = 1;
    fast->quantise(&in.codes, x + (m - 1) * k, k, 0, 1);
    fast->linear_packed(alone, &in.codes, w, format, bias, 1, n, k, 0, split);
    fast->linear_packed(alone, &in.codes, w, format, NULL, 1, n, k, split, n);
    same = same && alone[n] == 12345 && !memcmp(y + (m - 1) * n, alone, n * sizeof *y);
    free(x), free(bias), free(y), free(z), free(alone), free(w), release(in);
    return same ? 0 : INFINITY;
}

/* The squared error that a packing of W leaves, relative to W's squares. */
static double error_of(const void *packed, glm_format format, const float *w, size_t n, size_t k) {
    double error = 0, squares = 0;
    float *row = malloc(k * sizeof *row);
    for (size_t j = 0; j < n; j++) {
        glm_unpack_row(row, packed, format, j, k);
        for (size_t c = 0; c < k; c++) {
            double d = (double)row[c] - w[j * k + c];
            error += d * d, squares += (double)w[j * k + c] * w[j * k + c];
        }
    }
    free(row);
    return error / squares;
}

/* Packing searches, and rounding may lead two searches to different places: none may be worse than the twin's by more than
 * a hundredth, nor than an even cut of the range would be. */
double glm_pack_difference(const glm_kernels *fast, glm_format format, size_t n, size_t k) {
    size_t size = pieces(k, glm_block) * (format == glm_q8 ? glm_q8_bytes : glm_q4_bytes), strips = pieces(n, glm_strip);
    float *w = glm_twin_numbers(n * k, 1, 5);
    for (size_t i = 0; i < n * k; i++) w[i] *= w[i] * w[i] * (i / k % 3 ? 1 : 1e-12f); /* peaked, and some rows tiny */
    char *a = malloc(strips * size), *b = malloc(strips * size);
    const glm_kernels *both[] = {fast, &glm_kernels_scalar};
    for (int i = 0; i < 2; i++) {
        char *to = i ? b : a;
        both[i]->pack(to, format, w, glm_f32, n, k, 0, strips / 2);
        size_t row = strips / 2 * glm_strip;
        both[i]->pack(to + strips / 2 * size, format, w + row * k, glm_f32, n, k, strips / 2, strips);
    }
    double found = error_of(a, format, w, n, k), expected = error_of(b, format, w, n, k);
    double most = format == glm_q8 ? 2e-4 : 8e-3;
    free(w), free(a), free(b);
    return fmax(found / (expected * 1.01), found / most);
}
