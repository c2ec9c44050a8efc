// What training does in one pass over memory where torch makes several: attention on tiles of bf16 (AMX's, or AVX-512 in their place), norms, gates, turning by positions, the loss of a choice.
// Tensors are contiguous: f32, tokens int64, what `see`, `turned` and `tiles` hold bytes. `kernels.py` compiles this for the machine at hand; `fused.py` proves it.
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static float falling(float x) { return expf(x > -80 ? -x : 80); }  // exp(-x); beyond 88 expf has no number for it

// y = x / sqrt(mean(x^2) + eps) * w, added to `base` where there is one. x [n][c], w [c]; scale [n] is kept for the way back.
void norm(const float *x, const float *base, const float *w, long n, long c, float eps, float *y, float *scale) {
    for (long i = 0; i < n; i++, x += c, y += c) {
        float squares = 0;
        for (long j = 0; j < c; j++) squares += x[j] * x[j];
        const float s = scale[i] = 1 / sqrtf(squares / c + eps);
        if (base) {
            for (long j = 0; j < c; j++) y[j] = base[j] + x[j] * s * w[j];
            base += c;
        } else {
            for (long j = 0; j < c; j++) y[j] = x[j] * s * w[j];
        }
    }
}

// The gradients of `norm` for x and w; dw begins at zero.
void norm_back(const float *grad, const float *x, const float *w, const float *scale, long n, long c, float *dx, float *dw) {
    for (long i = 0; i < n; i++, x += c, grad += c, dx += c) {
        const float s = scale[i];
        float dot = 0;
        for (long j = 0; j < c; j++) dot += grad[j] * w[j] * x[j];
        dot *= s * s / c;
        for (long j = 0; j < c; j++) dx[j] = s * (grad[j] * w[j] - x[j] * dot);
        for (long j = 0; j < c; j++) dw[j] += grad[j] * x[j] * s;
    }
}

// x [n][2 c] -> y [n][c] = silu(first half) * second half
void gate(const float *x, long n, long c, float *y) {
    for (long i = 0; i < n; i++, x += 2 * c, y += c)
        for (long j = 0; j < c; j++) y[j] = x[j] / (1 + falling(x[j])) * x[c + j];
}

void gate_back(const float *grad, const float *x, long n, long c, float *dx) {
    for (long i = 0; i < n; i++, x += 2 * c, dx += 2 * c, grad += c)
        for (long j = 0; j < c; j++) {
            const float e = falling(x[j]), s = 1 / (1 + e), silu = x[j] * s;
            dx[j] = grad[j] * x[c + j] * (s + silu * (e * s));  // 1 - s is e s, which a nearly open gate does not round away
            dx[c + j] = grad[j] * silu;
        }
}

// Some heads of all [b][t][.. d ..], `first` in each `width` of floats -> part [b][heads][t][d], the first r of each vector turned in pairs by cos, sin
// [b][t][r / 2]; with `back` the other way round, as a gradient goes.
void turn(float *all, float *part, const float *cos, const float *sin, long b, long t, long heads, long width, long first, long d, long r, int back) {
    for (long i = 0; i < b * t; i++, cos += r / 2, sin += r / 2)
        for (long h = 0; h < heads; h++) {
            float *there = part + ((i / t * heads + h) * t + i % t) * d, *here = all + i * width + first + h * d, *to = back ? here : there;
            const float *from = back ? there : here, sign = back ? -1 : 1;
            memcpy(to + r, from + r, (d - r) * sizeof(float));
            for (long j = 0; j < r / 2; j++) {
                const float x = from[2 * j], y = from[2 * j + 1];
                to[2 * j] = x * cos[j] - sign * y * sin[j];
                to[2 * j + 1] = y * cos[j] + sign * x * sin[j];
            }
        }
}

// Logits x [n][v] become the gradient of the loss `fused.Choice` describes; the loss is returned, guess [n] gets the likeliest tokens.
double choice(float *x, const int64_t *aim, const int64_t *high, const float *share, const float *weight, long n, long v, float keep, int64_t *guess) {
    double loss = 0;
    for (long i = 0; i < n; i++, x += v) {
        float most = x[0], total = 0;
        for (long j = 1; j < v; j++) most = x[j] > most ? x[j] : most;
        long first = 0;
        while (first < v - 1 && x[first] != most) first++;
        guess[i] = first;
        const float right = x[aim[i]], other = high[i] < 0 ? 0 : x[high[i]], part = high[i] < 0 ? 0 : share[i];
        for (long j = 0; j < v; j++) {
            x[j] = expf(x[j] - most);
            total += x[j];
        }
        const float logs = most + logf(total), by = (1 + 2 * keep * logs) * weight[i] / total;
        loss += weight[i] * ((1 - part) * (logs - right) + part * (logs - other) + keep * logs * logs);
        for (long j = 0; j < v; j++) x[j] *= by;
        x[aim[i]] -= (1 - part) * weight[i];
        if (high[i] >= 0) x[high[i]] -= part * weight[i];
    }
    return loss;
}

#ifdef __AVX512BF16__
#include <immintrin.h>

enum { D = 32, LOOK = 16, KEYS = 32, TOKENS = 64, TILE = 512 };  // a head's width; queries of a tile; keys of a pair of tiles; tokens at a time; a tile's numbers
typedef uint16_t bf16;

#ifdef __AMX_BF16__
#include <sys/syscall.h>
#include <unistd.h>

#define tile_load(tile, from, bytes) _tile_loadd(tile, from, bytes)
#define tile_store(tile, to, bytes) _tile_stored(tile, to, bytes)
#define tile_zero(tile) _tile_zero(tile)
#define tile_dot(sum, left, right) _tile_dpbf16ps(sum, left, right)

// Whether the system lets this process use tiles.
int ready(void) { return syscall(SYS_arch_prctl, 0x1023 /* ARCH_REQ_XCOMP_PERM */, 18 /* XTILEDATA */) == 0; }

// The compiler's own tile instructions do not say that they read memory: what was stored before has to be there.
static void stored(void) { __asm__ volatile("" ::: "memory"); }

static void begin(void) {
    struct { uint8_t palette, start, none[14]; uint16_t bytes[16]; uint8_t rows[16]; } shape = {.palette = 1};
    for (int i = 0; i < 8; i++) shape.bytes[i] = 64, shape.rows[i] = 16;
    __asm__ volatile("" ::"r"(&shape) : "memory");
    _tile_loadconfig(&shape);
}

static void end(void) { _tile_release(); }
#else
// A processor without tiles: eight of them in memory. What is loaded is read where it lies when it is multiplied; nothing changes it until then.
static struct { const char *from; long bytes; __m512 rows[16]; } registers[8];

int ready(void) { return 1; }
static void stored(void) {}
static void begin(void) {}
static void end(void) {}
static __m512i row(int tile, int r) { return _mm512_loadu_si512(registers[tile].from + r * registers[tile].bytes); }

static void tile_load(int tile, const void *from, long bytes) { registers[tile].from = from, registers[tile].bytes = bytes; }

static void tile_zero(int tile) {
    memset(registers[tile].rows, 0, sizeof registers[tile].rows);
    tile_load(tile, registers[tile].rows, 64);
}

static void tile_store(int tile, void *to, long bytes) {
    for (int r = 0; r < 16; r++) _mm512_storeu_si512((char *)to + r * bytes, row(tile, r));
}

// sum [16][16] of f32 += left [16][16 pairs] times right [16 pairs][16], of bf16
static void tile_dot(int sum, int left, int right) {
    __m512 rows[16];
    const char *from = registers[left].from;
    const long bytes = registers[left].bytes;
#pragma GCC unroll 16
    for (int r = 0; r < 16; r++) rows[r] = _mm512_castsi512_ps(row(sum, r));
    for (int k = 0; k < 16; k++) {
        const __m512bh x = (__m512bh)row(right, k);
#pragma GCC unroll 16
        for (int r = 0; r < 16; r++) {
            int pair;
            memcpy(&pair, from + r * bytes + 4 * k, sizeof pair);
            rows[r] = _mm512_dpbf16_ps(rows[r], (__m512bh)_mm512_set1_epi32(pair), x);
        }
    }
#pragma GCC unroll 16
    for (int r = 0; r < 16; r++) registers[sum].rows[r] = rows[r];
    tile_load(sum, registers[sum].rows, 64);
}
#endif

static const float log2e = 1.44269504f;

static long rounded(long t) { return (t + KEYS - 1) / KEYS * KEYS; }

static __m256i narrow(__m512 x) { return (__m256i)_mm512_cvtneps_pbh(x); }

static float widened(bf16 x) {
    const uint32_t bits = (uint32_t)x << 16;
    float y;
    memcpy(&y, &bits, 4);
    return y;
}

static __m512 power(__m512 x) {  // 2^x, to 4e-6 of it, for x up to 120
    x = _mm512_min_ps(_mm512_max_ps(x, _mm512_set1_ps(-120)), _mm512_set1_ps(120));
    const __m512 whole = _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC), f = _mm512_sub_ps(x, whole);
    __m512 p = _mm512_set1_ps(1.3333558e-3f);
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(9.6181291e-3f));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(5.5504109e-2f));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(2.4022651e-1f));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(6.9314718e-1f));
    p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(1));
    return _mm512_scalef_ps(p, whole);
}

// x [n][m], `stride` floats apart -> rows [padded][m] of bf16, times `scale`; zeros from n on.
static void narrowed(const float *x, long stride, long n, long padded, long m, float scale, bf16 *rows) {
    const __m512 s = _mm512_set1_ps(scale);
    for (long i = 0; i < n; i++)
        for (long j = 0; j < m; j += 16)
            _mm256_storeu_si256((__m256i *)(rows + i * m + j), narrow(_mm512_mul_ps(s, _mm512_loadu_ps(x + i * stride + j))));
    memset(rows + n * m, 0, (padded - n) * m * sizeof(bf16));
}

// Right-hand tiles of "times the transposed x [n][m]", tiles [n / 16][m / 32]: pairs of columns by row.
static void across(const bf16 *x, long n, long m, bf16 *to) {
    for (long i = 0; i < n; i += 16)
        for (long j = 0; j < m; j += 32, to += TILE)
            for (int r = 0; r < 16; r++)
                for (int c = 0; c < 16; c++) ((uint32_t *)to)[r * 16 + c] = ((const uint32_t *)(x + (i + c) * m + j))[r];
}

// Right-hand tiles of "times x [n][m]", tiles [n / 32][m / 16]: pairs of rows by column.
static void pairs(const bf16 *x, long n, long m, bf16 *to) {
    for (long i = 0; i < n; i += 32)
        for (long j = 0; j < m; j += 16)
            for (int r = 0; r < 32; r += 2, to += 32) {
                const __m256i *even = (const __m256i *)(x + (i + r) * m + j), *odd = (const __m256i *)(x + (i + r + 1) * m + j);
                _mm512_storeu_si512(to, _mm512_or_si512(_mm512_cvtepu16_epi32(_mm256_loadu_si256(even)), _mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256(odd)), 16)));
            }
}

// Left-hand tiles of "the transposed x [n][m] times", tiles [n / 32][m / 16]: rows by column.
static void columns(const bf16 *x, long n, long m, bf16 *to) {
    for (long i = 0; i < n; i += 32)
        for (long c = 0; c < m; c++)
            for (int r = 0; r < 32; r++) *to++ = x[(i + r) * m + c];
}

// c [32][32], rows `stride` apart, = a [32][32 depth], rows `width` apart, times the right-hand tiles of two columns, `left` and `right`; those of a column are `next` apart
static void product(const bf16 *a, long width, const bf16 *left, const bf16 *right, long next, long depth, float *c, long stride) {
    stored();
    tile_zero(0);
    tile_zero(1);
    tile_zero(2);
    tile_zero(3);
    for (long k = 0; k < depth; k++) {
        tile_load(4, a + 32 * k, 2 * width);
        tile_load(5, a + 16 * width + 32 * k, 2 * width);
        tile_load(6, left + k * next, 64);
        tile_load(7, right + k * next, 64);
        tile_dot(0, 4, 6);
        tile_dot(1, 4, 7);
        tile_dot(2, 5, 6);
        tile_dot(3, 5, 7);
    }
    tile_store(0, c, 4 * stride);
    tile_store(1, c + 16, 4 * stride);
    tile_store(2, c + 16 * stride, 4 * stride);
    tile_store(3, c + 16 * stride + 16, 4 * stride);
}

// sums, tiles [n][m], += left-hand tiles [TOKENS / 32][n] times right-hand tiles [TOKENS / 32][m]
static void gathered(float *sums, const bf16 *a, long n, const bf16 *b, long m) {
    stored();
    for (long i = 0; i < n; i += 2)
        for (long j = 0; j < m; j += 2) {
            float *to = sums + (i * m + j) * 256, *below = to + m * 256;
            tile_load(0, to, 64);
            tile_load(1, to + 256, 64);
            tile_load(2, below, 64);
            tile_load(3, below + 256, 64);
            for (long k = 0; k < TOKENS / 32; k++) {
                tile_load(4, a + (k * n + i) * TILE, 64);
                tile_load(5, a + (k * n + i + 1) * TILE, 64);
                tile_load(6, b + (k * m + j) * TILE, 64);
                tile_load(7, b + (k * m + j + 1) * TILE, 64);
                tile_dot(0, 4, 6);
                tile_dot(1, 4, 7);
                tile_dot(2, 5, 6);
                tile_dot(3, 5, 7);
            }
            tile_store(0, to, 64);
            tile_store(1, to + 256, 64);
            tile_store(2, below, 64);
            tile_store(3, below + 256, 64);
        }
}

static __m512 sigmoids(__m512 x) {
    return _mm512_div_ps(_mm512_set1_ps(1), _mm512_add_ps(_mm512_set1_ps(1), power(_mm512_mul_ps(x, _mm512_set1_ps(-log2e)))));
}

// y [n][h] = the first n of a [TOKENS][width] times right-hand tiles, `beside` from column to column, those of a column `next` apart
static void times(const bf16 *a, long width, const bf16 *tiles, long beside, long next, long n, long h, float *y) {
    float part[32 * 32] __attribute__((aligned(64)));
    for (long j = 0; j < h; j += 32, tiles += 2 * beside)
        for (long k = 0; k < n; k += 32) {
            product(a + k * width, width, tiles, tiles + beside, next, width / 32, part, 32);
            for (long r = 0; r < 32 && k + r < n; r++) memcpy(y + (k + r) * h + j, part + 32 * r, sizeof(float) * 32);
        }
}

// x [n][h], up [2 m][h] (gates first), down [h][m] -> y [n][h] = (silu(gate) * up) down. h and m are multiples of 32.
void gated(const float *x, const float *up, const float *down, long n, long h, long m, float *y) {
    bf16 *hold = aligned_alloc(64, (5 * m * h + TOKENS * (h + m)) * 2), *ut = hold, *dt = ut + 2 * m * h, *rows = dt + m * h, *inner = rows + TOKENS * h, *plain = inner + TOKENS * m;
    float part[32 * 32] __attribute__((aligned(64)));
    begin();
    narrowed(up, h, 2 * m, 2 * m, h, 1, plain);
    across(plain, 2 * m, h, ut);
    narrowed(down, m, h, h, m, 1, plain);
    across(plain, h, m, dt);
    for (long i = 0; i < n; i += TOKENS) {
        const long have = n - i < TOKENS ? n - i : TOKENS;
        narrowed(x + i * h, h, have, TOKENS, h, 1, rows);
        for (long j = 0; j < m; j += 16)
            for (long k = 0; k < have; k += 32) {
                product(rows + k * h, h, ut + j * h, ut + (m + j) * h, TILE, h / 32, part, 32);
                for (int r = 0; r < 32; r++) {
                    const __m512 g = _mm512_load_ps(part + 32 * r);
                    _mm256_store_si256((__m256i *)(inner + (k + r) * m + j), narrow(_mm512_mul_ps(_mm512_mul_ps(g, sigmoids(g)), _mm512_load_ps(part + 32 * r + 16))));
                }
            }
        times(inner, m, dt, 16 * m, TILE, have, h, y + i * h);
    }
    end();
    free(hold);
}

// The gradients of `gated`, which it works out once more.
void gated_back(const float *grad, const float *x, const float *up, const float *down, long n, long h, long m, float *dx, float *dup, float *ddown) {
    bf16 *hold = aligned_alloc(64, (7 * m * h + TOKENS * (4 * h + 5 * m)) * 2), *ut = hold, *ub = ut + 2 * m * h, *db = ub + 2 * m * h, *plain = db + m * h;
    bf16 *rows = plain + 2 * m * h, *given = rows + TOKENS * h, *xc = given + TOKENS * h, *gc = xc + TOKENS * h;
    bf16 *both = gc + TOKENS * h, *inner = both + TOKENS * 2 * m, *right = inner + TOKENS * m;
    float *sums = aligned_alloc(64, 3 * m * h * 4), *wide = sums + 2 * m * h;
    float part[32 * 32] __attribute__((aligned(64))), back[32 * 32] __attribute__((aligned(64)));
    memset(sums, 0, 3 * m * h * 4);
    begin();
    narrowed(up, h, 2 * m, 2 * m, h, 1, plain);
    across(plain, 2 * m, h, ut);
    pairs(plain, 2 * m, h, ub);
    narrowed(down, m, h, h, m, 1, plain);
    pairs(plain, h, m, db);
    for (long i = 0; i < n; i += TOKENS) {
        const long have = n - i < TOKENS ? n - i : TOKENS;
        narrowed(x + i * h, h, have, TOKENS, h, 1, rows);
        narrowed(grad + i * h, h, have, TOKENS, h, 1, given);
        for (long j = 0; j < m; j += 32)
            for (long k = 0; k < TOKENS; k += 32) {
                product(given + k * h, h, db + j * 32, db + (j + 16) * 32, m * 32, h / 32, back, 32);
                for (long c = 0; c < 32; c += 16) {
                    product(rows + k * h, h, ut + (j + c) * h, ut + (m + j + c) * h, TILE, h / 32, part, 32);
                    for (int r = 0; r < 32; r++) {
                        const __m512 g = _mm512_load_ps(part + 32 * r), u = _mm512_load_ps(part + 32 * r + 16), d = _mm512_load_ps(back + 32 * r + c);
                        const __m512 s = sigmoids(g), silu = _mm512_mul_ps(g, s), slope = _mm512_fmadd_ps(silu, _mm512_sub_ps(_mm512_set1_ps(1), s), s);
                        bf16 *to = both + (k + r) * 2 * m + j + c;
                        _mm256_store_si256((__m256i *)(inner + (k + r) * m + j + c), narrow(_mm512_mul_ps(silu, u)));
                        _mm256_store_si256((__m256i *)to, narrow(_mm512_mul_ps(_mm512_mul_ps(d, u), slope)));
                        _mm256_store_si256((__m256i *)(to + m), narrow(_mm512_mul_ps(d, silu)));
                    }
                }
            }
        times(both, 2 * m, ub, TILE, h * 32, have, h, dx + i * h);
        columns(rows, TOKENS, h, xc);
        pairs(both, TOKENS, 2 * m, right);
        gathered(sums, xc, h / 16, right, 2 * m / 16);
        columns(given, TOKENS, h, gc);
        pairs(inner, TOKENS, m, right);
        gathered(wide, gc, h / 16, right, m / 16);
    }
    end();
    for (long i = 0; i < h; i++)
        for (long j = 0; j < 2 * m; j++) dup[j * h + i] = sums[(i / 16 * (2 * m / 16) + j / 16) * 256 + i % 16 * 16 + j % 16];
    for (long i = 0; i < h; i++)
        for (long j = 0; j < m; j++) ddown[i * m + j] = wide[(i / 16 * (m / 16) + j / 16) * 256 + i % 16 * 16 + j % 16];
    free(hold), free(sums);
}

// sum [16][16], rows `stride` apart, += left [16][32], rows `apart` apart, times a right-hand tile
static void add(float *sum, long stride, const bf16 *left, long apart, const bf16 *right) {
    stored();
    tile_load(0, sum, stride * sizeof(float));
    tile_load(1, left, apart * sizeof(bf16));
    tile_load(2, right, 64);
    tile_dot(0, 1, 2);
    tile_store(0, sum, stride * sizeof(float));
}

// see [b][tp][tp] -> turned, the same by key; tiles [b][tp / 16][tp / 32]: 0 nothing is seen there, 2 all, 1 some
void occupied(const uint8_t *see, long b, long tp, uint8_t *turned, uint8_t *tiles) {
    for (long i = 0; i < b; i++, see += tp * tp, turned += tp * tp)
        for (long first = 0; first < tp; first += LOOK)
            for (long j = 0; j < tp; j += KEYS) {
                int count = 0;
                for (int r = 0; r < LOOK; r++)
                    for (int c = 0; c < KEYS; c++) count += see[(first + r) * tp + j + c];
                *tiles++ = count == LOOK * KEYS ? 2 : count > 0;
                for (int c = 0; c < KEYS; c++)
                    for (int r = 0; r < LOOK; r++) turned[(j + c) * tp + first + r] = see[(first + r) * tp + j + c];
            }
}

// q [b][heads][t][D], k, v [b][kv][t][D], see [b][tp][tp] (`masks` of them: b, or 1 for all) -> out [b][t][heads][D], sums [b][heads][t]: the logarithms (base 2) of what was divided by.
void attend(const float *q, const float *k, const float *v, const uint8_t *see, const uint8_t *tiles, long masks, long b, long heads, long kv, long t, float *out, float *sums) {
    const long tp = rounded(t), wide = tp / KEYS;
    bf16 *rows = aligned_alloc(64, tp * D * 2), *kt = aligned_alloc(64, tp * D * 2), *vp = aligned_alloc(64, tp * D * 2), *p = aligned_alloc(64, LOOK * tp * 2);
    float *s = aligned_alloc(64, LOOK * tp * 4), said[LOOK * D] __attribute__((aligned(64)));
    long *list = malloc(wide * sizeof(long));
    begin();
    for (long i = 0; i < b; i++, see += masks > 1 ? tp * tp : 0, tiles += masks > 1 ? tp / LOOK * wide : 0)
        for (long h = 0; h < heads; h++) {
            const long g = i * kv + h / (heads / kv);
            if (h % (heads / kv) == 0) {
                narrowed(k + g * t * D, D, t, tp, D, 1, rows), across(rows, tp, D, kt);
                narrowed(v + g * t * D, D, t, tp, D, 1, rows), pairs(rows, tp, D, vp);
            }
            narrowed(q + (i * heads + h) * t * D, D, t, tp, D, log2e / sqrtf(D), rows);
            for (long first = 0; first < t; first += LOOK) {
                long n = 0;
                for (long j = 0; j < wide; j++)
                    if (tiles[first / LOOK * wide + j]) list[n++] = j;
                stored();
                tile_load(1, rows + first * D, 64);
                for (long m = 0; m < n; m++) {
                    const long j = list[m];
                    float *to = s + m * KEYS;
                    for (int half = 0; half < 2; half++) {
                        tile_zero(0);
                        tile_load(2, kt + (j * KEYS + 16 * half) * D, 64);
                        tile_dot(0, 1, 2);
                        tile_store(0, to + 16 * half, tp * 4);
                    }
                    if (tiles[first / LOOK * wide + j] == 2) continue;
                    for (int r = 0; r < LOOK; r++)
                        for (int half = 0; half < 2; half++) {
                            const __m128i some = _mm_loadu_si128((const __m128i *)(see + (first + r) * tp + j * KEYS + 16 * half));
                            float *at = to + r * tp + 16 * half;
                            _mm512_store_ps(at, _mm512_mask_mov_ps(_mm512_set1_ps(-1e30f), _mm_test_epi8_mask(some, some), _mm512_load_ps(at)));
                        }
                }
                float whole[LOOK];
                for (int r = 0; r < LOOK; r++) {
                    __m512 most = _mm512_set1_ps(-1e30f), total = _mm512_setzero_ps();
                    for (long c = 0; c < n * KEYS; c += 16) most = _mm512_max_ps(most, _mm512_load_ps(s + r * tp + c));
                    const float top = _mm512_reduce_max_ps(most);
                    most = _mm512_set1_ps(top);
                    for (long c = 0; c < n * KEYS; c += 16) {
                        const __m512 x = power(_mm512_sub_ps(_mm512_load_ps(s + r * tp + c), most));
                        total = _mm512_add_ps(total, x);
                        _mm256_store_si256((__m256i *)(p + r * tp + c), narrow(x));
                    }
                    whole[r] = _mm512_reduce_add_ps(total);
                    if (first + r < t) sums[(i * heads + h) * t + first + r] = top + log2f(whole[r]);
                }
                stored();
                tile_zero(3);
                tile_zero(4);
                for (long m = 0; m < n; m++) {
                    tile_load(1, p + m * KEYS, tp * 2);
                    tile_load(2, vp + list[m] * KEYS * D, 64);
                    tile_load(5, vp + list[m] * KEYS * D + 512, 64);
                    tile_dot(3, 1, 2);
                    tile_dot(4, 1, 5);
                }
                tile_store(3, said, D * 4);
                tile_store(4, said + 16, D * 4);
                for (int r = 0; r < LOOK && first + r < t; r++)
                    for (int c = 0; c < D; c++) out[((i * t + first + r) * heads + h) * D + c] = said[r * D + c] / whole[r];
            }
        }
    end();
    free(rows), free(kt), free(vp), free(p), free(s), free(list);
}

// The gradients of `attend`; `turned` [b][tp][tp] is `see` by key, grad is as out.
void attend_back(const float *q, const float *k, const float *v, const uint8_t *turned, const uint8_t *tiles, const float *out, const float *sums, const float *grad,
                 long masks, long b, long heads, long kv, long t, float *dq, float *dk, float *dv) {
    const long tp = rounded(t), wide = tp / KEYS, group = heads / kv, one = tp * D;
    bf16 *hold = aligned_alloc(64, (3 + 5 * group) * one * 2), *kr = hold, *kc = kr + one, *vr = kc + one, *mine = vr + one;
    float *sum = aligned_alloc(64, group * (one + 2 * tp) * 4), total[2][KEYS * D] __attribute__((aligned(64)));
    float s[KEYS * 32] __attribute__((aligned(64))), d[KEYS * 32] __attribute__((aligned(64)));
    bf16 p[KEYS * 32] __attribute__((aligned(64))), e[KEYS * 32] __attribute__((aligned(64))), by[KEYS * 32] __attribute__((aligned(64)));
    begin();
    for (long i = 0; i < b; i++, turned += masks > 1 ? tp * tp : 0, tiles += masks > 1 ? tp / LOOK * wide : 0)
        for (long g = 0; g < kv; g++) {
            narrowed(k + (i * kv + g) * t * D, D, t, tp, D, 1, kr), columns(kr, tp, D, kc);
            narrowed(v + (i * kv + g) * t * D, D, t, tp, D, 1, vr);
            float *dqt = sum, *logs = sum + group * one, *dots = logs + group * tp;
            memset(dqt, 0, group * one * 4);
            for (long h = 0; h < group; h++) {
                bf16 *rows = mine + h * 5 * one, *qt = rows + one, *qp = qt + one, *gt = qp + one, *gp = gt + one;
                const long head = g * group + h;
                narrowed(q + (i * heads + head) * t * D, D, t, tp, D, log2e / sqrtf(D), rows), across(rows, tp, D, qt), pairs(rows, tp, D, qp);
                narrowed(grad + (i * t * heads + head) * D, heads * D, t, tp, D, 1, rows), across(rows, tp, D, gt), pairs(rows, tp, D, gp);
                for (long j = 0; j < tp; j++) {
                    logs[h * tp + j] = j < t ? sums[(i * heads + head) * t + j] : 1e30f;
                    float dot = 0;
                    for (int c = 0; c < D && j < t; c++) dot += widened(rows[j * D + c]) * out[((i * t + j) * heads + head) * D + c];  // of what the products below see, or it does not cancel
                    dots[h * tp + j] = dot;
                }
            }
            for (long j = 0; j < wide; j++) {
                memset(total, 0, sizeof total);
                for (long h = 0; h < group; h++) {
                    const bf16 *qt = mine + (h * 5 + 1) * one, *qp = qt + one, *gt = qp + one, *gp = gt + one;
                    for (long first = 0; first < tp; first += 32) {
                        const int kinds[2] = {tiles[first / LOOK * wide + j], tiles[(first / LOOK + 1) * wide + j]};
                        if (!kinds[0] && !kinds[1]) continue;
                        stored();
                        for (int half = 0; half < 2; half++) {
                            tile_load(1, kr + (j * KEYS + 16 * half) * D, 64);
                            tile_load(2, vr + (j * KEYS + 16 * half) * D, 64);
                            for (int n = 0; n < 2; n++) {
                                tile_load(3, qt + (first + 16 * n) * D, 64);
                                tile_load(4, gt + (first + 16 * n) * D, 64);
                                tile_zero(5);
                                tile_zero(6);
                                tile_dot(5, 1, 3);
                                tile_dot(6, 2, 4);
                                tile_store(5, s + 16 * half * 32 + 16 * n, 128);
                                tile_store(6, d + 16 * half * 32 + 16 * n, 128);
                            }
                        }
                        for (int n = 0; n < 2; n++) {
                            const __m512 log = _mm512_load_ps(logs + h * tp + first + 16 * n), dot = _mm512_load_ps(dots + h * tp + first + 16 * n);
                            for (int r = 0; r < KEYS; r++) {
                                const int at = r * 32 + 16 * n;
                                const __m128i some = _mm_loadu_si128((const __m128i *)(turned + (j * KEYS + r) * tp + first + 16 * n));
                                const __m512 x = _mm512_maskz_mov_ps(_mm_test_epi8_mask(some, some), power(_mm512_sub_ps(_mm512_load_ps(s + at), log)));
                                _mm256_store_si256((__m256i *)(p + at), narrow(x));
                                _mm256_store_si256((__m256i *)(e + at), narrow(_mm512_mul_ps(x, _mm512_sub_ps(_mm512_load_ps(d + at), dot))));
                            }
                        }
                        pairs(e, KEYS, 32, by);
                        for (int half = 0; half < 2; half++)
                            for (int c = 0; c < 2; c++) {
                                add(total[0] + 16 * half * D + 16 * c, D, e + 16 * half * 32, 32, qp + first * D + 512 * c);
                                add(total[1] + 16 * half * D + 16 * c, D, p + 16 * half * 32, 32, gp + first * D + 512 * c);
                                add(dqt + h * one + (first + 16 * half) * D + 256 * c, 16, kc + j * KEYS * D + TILE * c, 32, by + TILE * half);
                            }
                    }
                }
                for (long r = 0; r < KEYS && j * KEYS + r < t; r++)
                    for (int c = 0; c < D; c++) {
                        dk[((i * kv + g) * t + j * KEYS + r) * D + c] = total[0][r * D + c] / log2e;
                        dv[((i * kv + g) * t + j * KEYS + r) * D + c] = total[1][r * D + c];
                    }
            }
            const float scale = 1 / sqrtf(D);
            for (long h = 0; h < group; h++)
                for (long j = 0; j < t; j++)
                    for (int c = 0; c < D; c++) dq[((i * heads + g * group + h) * t + j) * D + c] = scale * dqt[h * one + j / 16 * 16 * D + c * 16 + j % 16];
        }
    end();
    free(hold), free(sum);
}
#endif
