/* What the files of comparisons share. */
#pragma once
#include "KernelTwins.h"

/* `count` numbers from -scale to scale, with room for one more. */
float *glm_twin_numbers(size_t count, float scale, uint32_t seed);

double glm_quantise_difference(const glm_kernels *fast, size_t m, size_t k);
double glm_packed_difference(const glm_kernels *fast, glm_format format, size_t m, size_t n, size_t k);
double glm_pack_difference(const glm_kernels *fast, glm_format format, size_t n, size_t k);

/* Attention in whole numbers, one lane at a time. */
void glm_twin_attention_codes(float *out, const float *q, const void *k, const void *v, const glm_attention_shape *s,
                              float *scratch, size_t first, size_t last);
