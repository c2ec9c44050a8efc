internal import CKernels

/// The keys and values of every layer for the tokens of one timeline.
///
/// Memory grows as tokens come, layer by layer, so that no more than one layer is ever held twice.
package struct KVCache: ~Copyable, Sendable {
    let heads, headSize: Int
    let format: Format

    /// How keys and values are kept.
    package enum Format: Sendable {
        case f32
        /// Half the memory. What is beyond its largest, 65,504, becomes that.
        case f16
        /// Nearly the memory of f16 and as exact: whole numbers up to 4095, with a scale for each head of each token, head by head. Attention
        /// reads them as they lie, where ``compact(headSize:)`` says so (docs/decisions/0027).
        case codes

        /// The faster one that takes two bytes a number.
        package static func compact(headSize: Int) -> Format {
            let isRead = kernels.attends_codes != 0
            return isRead && headSize % 32 == 0 && headSize <= glm_attention_codes_d ? .codes : .f16
        }

        var bytes: Int { self == .f32 ? 4 : 2 }
    }

    /// For how many tokens there is memory.
    package private(set) var capacity: Int

    /// How many tokens every layer holds.
    package private(set) var count = 0

    private var blocks: [Block]

    /// Keys, and after them values, `[2, capacity, heads * headSize]`; or codes, `[2, heads, capacity, headSize]`, values in pairs of tokens,
    /// and their scales, `[2, heads, capacity]`.
    private final class Block: Sendable {
        let memory: Memory

        init(bytes: Int) { memory = Memory((bytes + 3) / MemoryLayout<Float>.stride, isLasting: true) }
    }

    /// A cache for tokens of so many key-value heads in each layer.
    package init(layers: Int, heads: Int, headSize: Int, format: Format = .f32, capacity: Int = 0) {
        precondition(
            layers > 0 && heads > 0 && headSize > 0 && capacity >= 0,
            "\(layers) layers of [\(capacity), \(heads), \(headSize)]"
        )
        precondition(
            format != .codes || .compact(headSize: headSize) == format,
            "heads of \(headSize) are not read in codes here"
        )
        self.heads = heads
        self.headSize = headSize
        self.format = format
        self.capacity = Self.whole(capacity, format)
        let bytes = self.capacity * Self.bytesPerToken(layers: 1, heads: heads, headSize: headSize, format: format)
        blocks = (0..<layers).map { _ in Block(bytes: bytes) }
    }

    /// In codes there is room for pairs of tokens.
    private static func whole(_ tokens: Int, _ format: Format) -> Int {
        format == .codes ? tokens + tokens % 2 : tokens
    }

    package var columns: Int { heads * headSize }

    /// The memory that the keys of one token take in a layer, and its values.
    private var row: Int { columns * format.bytes }

    package var layers: Int { blocks.count }

    /// The memory that it takes.
    package var bytes: Int { blocks.reduce(0) { $0 + $1.memory.bytes } }

    /// The memory that one token takes.
    package static func bytesPerToken(layers: Int, heads: Int, headSize: Int, format: Format) -> Int {
        layers * 2 * heads * (headSize * format.bytes + (format == .codes ? MemoryLayout<Float>.stride : 0))
    }

    /// Makes room for `tokens` in all, and for some more, so that a token at a time does not move everything each time.
    package mutating func reserve(_ tokens: Int) {
        guard tokens > capacity else { return }
        let larger = Self.whole(max(tokens, capacity + capacity / 4), format)
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
        var copy = KVCache(layers: layers, heads: heads, headSize: headSize, format: format)
        let room = Self.whole(tokens, format)
        for layer in blocks.indices { copy.blocks[layer] = self.copy(of: layer, tokens, capacity: room) }
        (copy.capacity, copy.count) = (room, tokens)
        return copy
    }

    private func copy(of layer: Int, _ tokens: Int, capacity: Int) -> Block {
        let size = capacity * Self.bytesPerToken(layers: 1, heads: heads, headSize: headSize, format: format)
        let block = Block(bytes: size)
        var to = unsafe UnsafeMutableRawPointer(block.memory.pointer)
        var from = unsafe keys(layer)
        // Runs of rows: keys and values, or those of each head and then the scales.
        let runs = format == .codes ? 2 * heads : 2
        let widths = [2 * row / runs] + (format == .codes ? [MemoryLayout<Float>.stride] : [])
        for width in widths {
            for _ in 0..<runs {
                unsafe to.copyMemory(from: from, byteCount: Self.whole(tokens, format) * width)
                unsafe to += capacity * width
                unsafe from += self.capacity * width
            }
        }
        return block
    }

    /// Writes the keys and values of the tokens after the first ``count``; ``advance(by:)`` makes them count.
    package mutating func append(keys: borrowing Tensor, values: borrowing Tensor, layer: Int) {
        precondition(
            keys.rows == values.rows && keys.columns == columns && values.columns == columns,
            "keys [\(keys.rows), \(keys.columns)], values [\(values.rows), \(values.columns)], cache of \(columns)"
        )
        precondition(count + keys.rows <= capacity, "\(count + keys.rows) tokens in a cache for \(capacity)")
        guard format == .codes else {
            unsafe write(keys, to: self.keys(layer) + count * row)
            return unsafe write(values, to: self.values(layer) + count * row)
        }
        unsafe keep(keys, at: self.keys(layer), keyScales(layer), glm_keep_keys)
        unsafe keep(values, at: self.values(layer), valueScales(layer), glm_keep_values)
    }

    /// Rounds each head's rows into its own run of codes.
    private func keep(
        _ x: borrowing Tensor,
        at codes: UnsafeMutableRawPointer,
        _ scales: UnsafeMutablePointer<Float>,
        _ round: (UnsafeMutablePointer<Int16>, UnsafeMutablePointer<Float>, UnsafePointer<Float>, Int, Int, Int, Int) ->
            Void
    ) {
        let codes = unsafe codes.assumingMemoryBound(to: Int16.self)
        for head in 0..<heads {
            let start = head * capacity
            let (to, channels) = unsafe (codes + start * headSize, x.pointer + head * headSize)
            unsafe round(to, scales + start, channels, columns, count, x.rows, headSize)
        }
    }

    private func write(_ x: borrowing Tensor, to start: UnsafeMutableRawPointer) {
        let count = x.rows * x.columns
        if format == .f32 {
            unsafe start.copyMemory(from: x.pointer, byteCount: count * format.bytes)
        } else {
            unsafe glm_pack_f16(start, x.pointer, count)
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

    /// Of keys in codes.
    func keyScales(_ layer: Int) -> UnsafeMutablePointer<Float> {
        unsafe (values(layer) + capacity * row).assumingMemoryBound(to: Float.self)
    }

    /// Of values in codes.
    func valueScales(_ layer: Int) -> UnsafeMutablePointer<Float> {
        unsafe keyScales(layer) + heads * capacity
    }
}
