internal import CKernels

/// softmax(Q Kᵀ / √d) V for each head (Vaswani et al., 2017), every query seeing every key.
///
/// Q, K and V are `[P, heads * headSize]`, and so is what comes back. With `mayRound`, each row of a head may be rounded to 13
/// bits where that is faster: right beside weights of few bits, whose activations are rounded to 8.
package func attention(
    _ q: borrowing Tensor,
    _ k: borrowing Tensor,
    _ v: borrowing Tensor,
    headSize: Int,
    mayRound: Bool = false
) -> Tensor {
    precondition(
        k.rows == v.rows && q.columns == k.columns && k.columns == v.columns,
        "Q is [\(q.rows), \(q.columns)], K is [\(k.rows), \(k.columns)], V is [\(v.rows), \(v.columns)]"
    )
    return unsafe attention(
        q,
        k.pointer,
        v.pointer,
        .f32,
        keys: k.rows,
        keyValueColumns: k.columns,
        headSize: headSize,
        isCausal: false,
        mayRound: mayRound
    )
}

/// The same over what the cache holds for `layer`, the queries being its last tokens, each seeing those up to itself.
///
/// Query heads share key heads in groups (Ainslie et al., 2023). What the cache keeps in f16 may be rounded to 13 bits.
package func attention(
    _ q: borrowing Tensor,
    _ cache: borrowing KVCache,
    layer: Int,
    headSize: Int
) -> Tensor {
    let keys = cache.count + q.rows
    precondition(keys <= cache.capacity, "\(keys) tokens in a cache for \(cache.capacity)")
    return unsafe attention(
        q,
        cache.keys(layer),
        cache.values(layer),
        cache.format,
        keys: keys,
        keyValueColumns: cache.columns,
        headSize: headSize,
        isCausal: true,
        mayRound: cache.format == .f16
    )
}

private func attention(
    _ q: borrowing Tensor,
    _ k: UnsafeRawPointer,
    _ v: UnsafeRawPointer,
    _ format: KVCache.Format,
    keys: Int,
    keyValueColumns: Int,
    headSize: Int,
    isCausal: Bool,
    mayRound: Bool
) -> Tensor {
    let (heads, keyValueHeads) = (q.columns / headSize, keyValueColumns / headSize)
    precondition(
        heads * headSize == q.columns && keyValueHeads * headSize == keyValueColumns && heads % keyValueHeads == 0,
        "\(q.columns) query channels and \(keyValueColumns) key channels in heads of \(headSize)"
    )
    // Rounding a block of keys pays for many rows, if all threads have tasks enough. What comes out does not depend on it.
    let all = q.rows * heads / keyValueHeads
    let tasks = { rows in keyValueHeads * ((all + rows - 1) / rows) }
    let isMany = mayRound && tasks(glm_attention_rows) >= 4 * Threads.count
    let rows = isMany ? glm_attention_rows : glm_attention_tile
    let shape = glm_attention_shape(
        queries: q.rows,
        keys: keys,
        heads: heads,
        kv_heads: keyValueHeads,
        d: headSize,
        scale: 1 / Float(headSize).squareRoot(),
        causal: isCausal ? 1 : 0,
        rounded: mayRound ? 1 : 0,
        task_rows: rows,
        format: format == .f32 ? glm_f32 : glm_f16
    )
    let query = unsafe q.pointer
    return unsafe Tensor(rows: q.rows, columns: q.columns) { out in
        parallel(tasks(rows), grain: 1, work: 2 * q.rows * keys * q.columns) { tasks in
            let scratch = Memory(glm_attention_scratch(headSize))
            unsafe withUnsafePointer(to: shape) { shape in
                unsafe kernels.attention(out, query, k, v, shape, scratch.pointer, tasks.lowerBound, tasks.upperBound)
            }
        }
    }
}
