internal import CKernels

/// The keys and values of every layer for the tokens of one timeline.
///
/// Half precision takes half the memory, and half the time to read it where the context is long; keys and values beyond what
/// it can hold (65,504) become its largest. Memory grows as tokens come, layer by layer, so that no more than one layer is ever held twice.
package struct KVCache: ~Copyable, Sendable {
    package let columns: Int
    let format: Format

    /// How keys and values are kept.
    package enum Format: Sendable, CaseIterable {
        case f32, f16

        var bytes: Int { self == .f32 ? 4 : 2 }
    }

    /// For how many tokens there is memory.
    package private(set) var capacity: Int

    /// How many tokens every layer holds.
    package private(set) var count = 0

    private var blocks: [Block]

    /// Keys, and after them values: `[2, capacity, columns]`.
    private final class Block: Sendable {
        let memory: Memory

        init(bytes: Int) { memory = Memory((bytes + 3) / MemoryLayout<Float>.stride, isLasting: true) }
    }

    /// A cache for tokens of `columns` (key-value heads times head size) channels in each layer.
    package init(layers: Int, columns: Int, format: Format = .f32, capacity: Int = 0) {
        precondition(layers > 0 && columns > 0 && capacity >= 0, "\(layers) layers of [\(capacity), \(columns)]")
        self.columns = columns
        self.format = format
        self.capacity = capacity
        blocks = (0..<layers).map { _ in Block(bytes: 2 * capacity * columns * format.bytes) }
    }

    /// The memory that the keys of one token take in a layer, and its values.
    private var row: Int { columns * format.bytes }

    package var layers: Int { blocks.count }

    /// The memory that it takes.
    package var bytes: Int { blocks.reduce(0) { $0 + $1.memory.bytes } }

    /// The memory that one token takes.
    package static func bytesPerToken(layers: Int, columns: Int, format: Format) -> Int {
        layers * 2 * columns * format.bytes
    }

    /// Makes room for `tokens` in all, and for some more, so that a token at a time does not move everything each time.
    package mutating func reserve(_ tokens: Int) {
        guard tokens > capacity else { return }
        let larger = max(tokens, capacity + capacity / 4)
        for layer in blocks.indices { blocks[layer] = copy(of: layer, count, capacity: larger) }
        capacity = larger
    }

    /// Forgets all but the first `tokens`.
    package mutating func rewind(to tokens: Int) {
        precondition(tokens >= 0 && tokens <= count, "back to \(tokens) of \(count) tokens")
        count = tokens
    }

    /// A copy of the first `tokens`, in memory for just these.
    package func prefix(_ tokens: Int) -> KVCache {
        precondition(tokens >= 0 && tokens <= count, "\(tokens) of \(count) tokens")
        var copy = KVCache(layers: layers, columns: columns, format: format)
        for layer in blocks.indices { copy.blocks[layer] = self.copy(of: layer, tokens, capacity: tokens) }
        (copy.capacity, copy.count) = (tokens, tokens)
        return copy
    }

    private func copy(of layer: Int, _ tokens: Int, capacity: Int) -> Block {
        let block = Block(bytes: 2 * capacity * row)
        let start = unsafe UnsafeMutableRawPointer(block.memory.pointer)
        unsafe start.copyMemory(from: keys(layer), byteCount: tokens * row)
        unsafe (start + capacity * row).copyMemory(from: values(layer), byteCount: tokens * row)
        return block
    }

    /// Writes the keys and values of the tokens after the first ``count``; ``advance(by:)`` makes them count.
    package mutating func append(keys: borrowing Tensor, values: borrowing Tensor, layer: Int) {
        precondition(
            keys.rows == values.rows && keys.columns == columns && values.columns == columns,
            "keys [\(keys.rows), \(keys.columns)], values [\(values.rows), \(values.columns)], cache of \(columns)"
        )
        precondition(count + keys.rows <= capacity, "\(count + keys.rows) tokens in a cache for \(capacity)")
        unsafe write(keys, to: self.keys(layer) + count * row)
        unsafe write(values, to: self.values(layer) + count * row)
    }

    private func write(_ x: borrowing Tensor, to start: UnsafeMutableRawPointer) {
        let count = x.rows * x.columns
        switch format {
        case .f32: unsafe start.copyMemory(from: x.pointer, byteCount: count * format.bytes)
        case .f16: unsafe glm_pack_f16(start, x.pointer, count)
        }
    }

    /// Counts `tokens` more, once every layer has them.
    package mutating func advance(by tokens: Int) {
        precondition(tokens >= 0 && count + tokens <= capacity, "\(count) + \(tokens) of \(capacity) tokens")
        count += tokens
    }

    func keys(_ layer: Int) -> UnsafeMutableRawPointer {
        precondition(layer >= 0 && layer < layers, "layer \(layer) of \(layers)")
        return unsafe UnsafeMutableRawPointer(blocks[layer].memory.pointer)
    }

    func values(_ layer: Int) -> UnsafeMutableRawPointer {
        unsafe keys(layer) + capacity * row
    }
}
