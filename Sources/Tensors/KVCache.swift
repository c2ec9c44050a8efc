/// The keys and values of every layer for the tokens of one timeline.
///
/// Memory is asked for once, for `capacity` tokens, and takes room only as tokens come.
package struct KVCache: ~Copyable, Sendable {
    package let layers, columns, capacity: Int

    /// How many tokens every layer holds.
    package private(set) var count = 0

    private let memory: Memory  // [layers, 2, capacity, columns]

    /// A cache for `capacity` tokens of `columns` (key-value heads times head size) channels in each layer.
    package init(layers: Int, columns: Int, capacity: Int) {
        precondition(layers > 0 && columns > 0 && capacity > 0, "\(layers) layers of [\(capacity), \(columns)]")
        self.layers = layers
        self.columns = columns
        self.capacity = capacity
        memory = Memory(layers * 2 * capacity * columns)
    }

    /// Writes the keys and values of the tokens after the first ``count``; ``advance(by:)`` makes them count.
    package mutating func append(keys: borrowing Tensor, values: borrowing Tensor, layer: Int) {
        precondition(
            keys.rows == values.rows && keys.columns == columns && values.columns == columns,
            "keys [\(keys.rows), \(keys.columns)], values [\(values.rows), \(values.columns)], cache of \(columns)"
        )
        precondition(count + keys.rows <= capacity, "\(count + keys.rows) tokens in a cache for \(capacity)")
        unsafe (self.keys(layer) + count * columns).update(from: keys.pointer, count: keys.rows * columns)
        unsafe (self.values(layer) + count * columns).update(from: values.pointer, count: values.rows * columns)
    }

    /// Counts `tokens` more, once every layer has them.
    package mutating func advance(by tokens: Int) {
        precondition(tokens >= 0 && count + tokens <= capacity, "\(count) + \(tokens) of \(capacity) tokens")
        count += tokens
    }

    func keys(_ layer: Int) -> UnsafeMutablePointer<Float> {
        precondition(layer >= 0 && layer < layers, "layer \(layer) of \(layers)")
        return unsafe memory.pointer + layer * 2 * capacity * columns
    }

    func values(_ layer: Int) -> UnsafeMutablePointer<Float> {
        unsafe keys(layer) + capacity * columns
    }
}
