/* The fast kernels, written once in the vocabulary of vector_*.h and compiled once for each instruction set. */
#include "lanes.h"
#include "attention.h"

/* ---- linear ---- */

/* A tile of y is 4 rows of x by 6 rows of W, summed in registers. A strip of 6 rows of W and `depth` columns is unpacked
 * once into the first cache and meets `band` rows of x, which stay in the second. */
enum { tile_rows = 4, tile_columns = 6, depth = 1024, band = 128 };

/* sums[i][j] = xᵢ · wⱼ for M x N rows; inlined with constants, so that the sums stay in registers. */
static inline __attribute__((always_inline)) void tile(size_t M, size_t N, float *y, size_t n, const float *x,
                                                       size_t k, const float *w, size_t ldw, size_t count,
                                                       const float *bias, int first) {
    vec sums[tile_rows][tile_columns];
#pragma GCC unroll 4
    for (size_t i = 0; i < M; i++)
#pragma GCC unroll 6
        for (size_t j = 0; j < N; j++) sums[i][j] = v_set(0);
    for (size_t p = 0; p < count; p += LANES) {
        size_t some = least(LANES, count - p);
        vec row[tile_columns];
#pragma GCC unroll 6
        for (size_t j = 0; j < N; j++) row[j] = load_lanes(w + j * ldw + p, some);
#pragma GCC unroll 4
        for (size_t i = 0; i < M; i++) {
            vec a = load_lanes(x + i * k + p, some);
#pragma GCC unroll 6
            for (size_t j = 0; j < N; j++) sums[i][j] = v_fma(a, row[j], sums[i][j]);
        }
    }
#pragma GCC unroll 4
    for (size_t i = 0; i < M; i++)
#pragma GCC unroll 6
        for (size_t j = 0; j < N; j++) {
            float before = first ? (bias ? bias[j] : 0) : y[i * n + j];
            y[i * n + j] = before + v_sum(sums[i][j]);
        }
}

static void linear(float *y, const float *x, const void *w, glm_format format, const float *bias,
                   size_t m, size_t n, size_t k, size_t first, size_t last) {
    _Alignas(64) float strip[tile_columns * depth];
    for (size_t i0 = 0; i0 < m; i0 += band)
        for (size_t p0 = 0; p0 < k; p0 += depth) {
            size_t count = least(depth, k - p0), end = least(i0 + band, m);
            for (size_t j = first; j < last; j += tile_columns) {
                size_t columns = least(tile_columns, last - j);
                for (size_t c = 0; c < columns; c++)
                    unpack(strip + c * depth, row_of(w, format, j + c, k) + p0 * bytes_per_element(format), format,
                           count);
                for (size_t i = i0; i < end; i += tile_rows) {
                    float *out = y + i * n + j;
                    const float *in = x + i * k + p0, *b = bias ? bias + j : NULL;
                    size_t rows = least(tile_rows, end - i);
#define TILE(M, N) tile(M, N, out, n, in, k, strip, depth, count, b, p0 == 0)
                    if (columns < tile_columns)
                        for (size_t r = 0; r < rows; r++, out += n, in += k)
                            for (size_t c = 0; c < columns; c++)
                                tile(1, 1, out + c, n, in, k, strip + c * depth, depth, count, b ? b + c : b, p0 == 0);
                    else if (rows == 4) TILE(4, tile_columns);
                    else if (rows == 3) TILE(3, tile_columns);
                    else if (rows == 2) TILE(2, tile_columns);
                    else TILE(1, tile_columns);
#undef TILE
                }
            }
        }
}

/* ---- norms and activations ---- */

static void rms_norm(float *y, const float *x, const float *weight, float eps,
                     size_t columns, size_t first, size_t last) {
    for (size_t i = first; i < last; i++) {
        const float *in = x + i * columns;
        vec squares = v_set(0);
        for (size_t c = 0; c < columns; c += LANES) {
            vec a = load_lanes(in + c, least(LANES, columns - c));
            squares = v_fma(a, a, squares);
        }
        vec scale = v_set(1 / sqrtf(v_sum(squares) / (float)columns + eps));
        for (size_t c = 0; c < columns; c += LANES) {
            size_t some = least(LANES, columns - c);
            vec a = v_mul(load_lanes(in + c, some), scale);
            store_lanes(y + i * columns + c, v_mul(a, load_lanes(weight + c, some)), some);
        }
    }
}

static void swiglu(float *y, const float *gate, const float *up, size_t rows, size_t columns, size_t stride) {
    for (size_t i = 0; i < rows; i++)
        for (size_t c = 0; c < columns; c += LANES) {
            size_t some = least(LANES, columns - c);
            vec g = load_lanes(gate + i * stride + c, some), u = load_lanes(up + i * stride + c, some);
            vec silu = v_div(g, v_add(v_set(1), v_exp(v_sub(v_set(0), g))));
            store_lanes(y + i * columns + c, v_mul(silu, u), some);
        }
}

static void add(float *y, const float *x, size_t count) {
    for (size_t i = 0; i < count; i += LANES) {
        size_t some = least(LANES, count - i);
        store_lanes(y + i, v_add(load_lanes(y + i, some), load_lanes(x + i, some)), some);
    }
}

/* ---- what the core can do at most ---- */

/* Ten sums, since one waits four or five cycles for the one before, and two are made at once. */
static inline double peak_f32(double *sum, size_t rounds) {
    enum { count = 10 };
    vec sums[count], a = v_set(0.999f), b = v_set(0.5f);
    for (size_t i = 0; i < count; i++) sums[i] = v_set((float)i);
    for (size_t r = 0; r < rounds; r++)
#pragma GCC unroll 10
        for (size_t i = 0; i < count; i++) sums[i] = v_fma(sums[i], a, b);
    for (size_t i = 0; i < count; i++) *sum += v_sum(sums[i]);
    return (double)rounds * count * LANES * 2;
}
