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
