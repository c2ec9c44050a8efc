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
        k.rows == v.rows && q.columns == k.columns && k.columns == v.columns && q.columns % headSize == 0,
        "Q is [\(q.rows), \(q.columns)], K is [\(k.rows), \(k.columns)], V is [\(v.rows), \(v.columns)] in heads of \(headSize)"
    )
    let heads = q.columns / headSize
    var shape = unsafe glm_attention_shape(queries: q.rows, keys: k.rows, heads: heads, keyValueHeads: heads, headSize)
    unsafe shape.rounded = mayRound ? 1 : 0
    return unsafe attention(q, k.pointer, v.pointer, shape)
}

/// The same over what the cache holds for `layer`, the queries being its last tokens, each seeing those up to itself.
///
/// Query heads share key heads in groups (Ainslie et al., 2023). What the cache keeps in two bytes may be rounded to 13 bits.
package func attention(_ q: borrowing Tensor, _ cache: borrowing KVCache, layer: Int) -> Tensor {
    let (keys, headSize) = (cache.count + q.rows, cache.headSize)
    precondition(keys <= cache.capacity, "\(keys) tokens in a cache for \(cache.capacity)")
    precondition(
        q.columns % (cache.heads * headSize) == 0,
        "\(q.columns) query channels and \(cache.heads) key heads of \(headSize)"
    )
    let heads = q.columns / headSize
    var shape = unsafe glm_attention_shape(
        queries: q.rows,
        keys: keys,
        heads: heads,
        keyValueHeads: cache.heads,
        headSize
    )
    unsafe shape.causal = 1
    unsafe shape.rounded = cache.format == .f32 ? 0 : 1
    unsafe shape.format = cache.format == .f32 ? glm_f32 : glm_f16
    if cache.format == .codes {
        unsafe (shape.k_scales, shape.v_scales) = (.init(cache.keyScales(layer)), .init(cache.valueScales(layer)))
        unsafe shape.capacity = cache.capacity
    }
    return unsafe attention(q, cache.keys(layer), cache.values(layer), shape)
}

extension glm_attention_shape {
    fileprivate init(queries: Int, keys: Int, heads: Int, keyValueHeads: Int, _ headSize: Int) {
        unsafe self.init()
        unsafe (self.queries, self.keys, self.heads) = (queries, keys, heads)
        unsafe (kv_heads, d, scale) = (keyValueHeads, headSize, 1 / Float(headSize).squareRoot())
    }
}

private func attention(
    _ q: borrowing Tensor,
    _ k: UnsafeRawPointer,
    _ v: UnsafeRawPointer,
    _ shape: glm_attention_shape
) -> Tensor {
    // A block of keys is rounded, or fetched, for many rows, if all threads have tasks enough. What comes out does not depend on it.
    var shape = unsafe shape
    let (all, keyValueHeads) = unsafe (q.rows * shape.heads / shape.kv_heads, shape.kv_heads)
    let tasks = { rows in keyValueHeads * ((all + rows - 1) / rows) }
    let isMany = unsafe shape.rounded != 0 && tasks(glm_attention_rows) >= 4 * Threads.count
    let rows = isMany ? glm_attention_rows : glm_attention_tile
    unsafe shape.task_rows = rows
    let (query, work) = unsafe (q.pointer, 2 * q.rows * shape.keys * q.columns)
    return unsafe Tensor(rows: q.rows, columns: q.columns) { out in
        parallel(tasks(rows), grain: 1, work: work) { tasks in
            let scratch = unsafe Memory(glm_attention_scratch(shape.d))
            unsafe withUnsafePointer(to: shape) { shape in
                unsafe kernels.attention(out, query, k, v, shape, scratch.pointer, tasks.lowerBound, tasks.upperBound)
            }
        }
    }
}
