/* One lane, for what is written in the vocabulary of vectors only: the packing of weights, and a twin of attention in the tests. */
enum { LANES = 1 };
typedef float vec;

static inline vec v_set(float a) { return a; }
static inline vec v_load(const float *p) { return *p; }
static inline void v_store(float *p, vec a) { *p = a; }
static inline vec v_sub(vec a, vec b) { return a - b; }
static inline vec v_mul(vec a, vec b) { return a * b; }
static inline vec v_max(vec a, vec b) { return a > b ? a : b; }
static inline vec v_min(vec a, vec b) { return a < b ? a : b; }
static inline vec v_add(vec a, vec b) { return a + b; }
static inline vec v_fma(vec a, vec b, vec c) { return fmaf(a, b, c); }
static inline float v_sum(vec a) { return a; }
static inline float v_most(vec a) { return a; }
static inline void v_store_bytes(int8_t *p, vec a) { *p = (int8_t)nearbyintf(a); }
static inline vec v_round(vec a) { return nearbyintf(a); }
