/* `vpdpwssd` by its name, DOT_PAIRS in registers of the class REGISTER: of its intrinsic, DOT_PAIRS_INTRINSIC, compilers make
 * `vpmaddwd` and `vpaddd`, which is half as fast. */
static inline ivec i_dot_pairs(ivec sum, ivec a, ivec b) {
#ifdef GLM_EMULATED
    return DOT_PAIRS_INTRINSIC(sum, a, b);
#else
    __asm__(DOT_PAIRS " %2, %1, %0" : "+" REGISTER(sum) : REGISTER(a), REGISTER(b));
    return sum;
#endif
}

/* The same with one pair for all lanes, which PAIR_OPERAND reads from memory by itself, where there is such a thing. */
static inline ivec i_dot_pair(ivec sum, const int32_t *pair, ivec b) {
#if defined(PAIR_OPERAND) && !defined(GLM_EMULATED)
    __asm__(DOT_PAIRS " " PAIR_OPERAND ", %1, %0" : "+" REGISTER(sum) : REGISTER(b), "m"(*pair));
    return sum;
#else
    return i_dot_pairs(sum, i_set(*pair), b);
#endif
}
