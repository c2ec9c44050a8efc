import Media
import Tensors

/// How fast a model runs on this machine: the work of a question, piece by piece.
///
/// Weights decide how long a piece takes, values do not: the picture is noise, and before a context of some length is
/// measured the cache is filled with keys and values that nobody computed.
package struct Benchmark: ~Copyable {
    private let model: GLM4V
    /// Called while all memory that a measurement takes is still taken.
    private let whenFull: () -> Void
    private let clock = ContinuousClock()
    private var random = SystemRandomNumberGenerator()

    private static let steps = 8

    package init(_ model: GLM4V, whenFull: @escaping () -> Void = {}) {
        self.model = model
        self.whenFull = whenFull
    }

    /// What was done, and how long it took.
    package struct Measurement: Sendable {
        package let count: Int
        package let seconds: Double
        /// Additions and multiplications of the layers over weights, without attention.
        package let operations: Double

        package var rate: Double { Double(count) / seconds }
    }

    /// Looks at `frames` pictures of this size; one more before, which may wait for the disk.
    package mutating func vision(width: Int, height: Int, frames: Int) throws -> (tokens: Int, Measurement) {
        let pixels = (0..<width * height * 3).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        let image = RGBImage(width: width, height: height, pixels: pixels)
        let picture = try Picture(image, of: 2, model.imageProcessor)
        _ = try model.vision(picture.patches(), picture.grid)
        let time = try clock.measure {
            for _ in 0..<frames { _ = try model.vision(picture.patches(), picture.grid) }
        }
        let operations = model.config.vision.operations(patches: picture.grid.patches) * Double(frames)
        return (picture.grid.tokens, Measurement(count: frames, seconds: time / .seconds(1), operations: operations))
    }

    /// Reads a piece of a prompt after `context` tokens, and then writes some tokens.
    package mutating func language(context: Int) throws -> (prefill: Measurement, decode: Measurement) {
        let text = model.config.text
        var cache = model.language.makeCache(capacity: context + Session.piece + Self.steps + 1)
        fill(&cache, to: context)
        try run(1, &cache)  // the first may wait for the disk
        let read = try clock.measure { try run(Session.piece, &cache) }
        let written = try clock.measure { for _ in 0..<Self.steps { try run(1, &cache) } }
        withExtendedLifetime(cache) { whenFull() }
        return (
            Measurement(
                count: Session.piece,
                seconds: read / .seconds(1),
                operations: text.operations * Double(Session.piece) + text.headOperations
            ),
            Measurement(
                count: Self.steps,
                seconds: written / .seconds(1),
                operations: (text.operations + text.headOperations) * Double(Self.steps)
            )
        )
    }

    /// Writes some tokens on each of several timelines at once, after `context` tokens: how many that are in all.
    package mutating func together(_ replies: Int, context: Int) throws -> Measurement {
        let text = model.config.text
        let lines = (0..<replies).map { _ in Line(model.language.makeCache(capacity: context + Self.steps + 1)) }
        for line in lines { fill(&line.cache, to: context) }
        try step(lines)
        let written = try clock.measure { for _ in 0..<Self.steps { try step(lines) } }
        withExtendedLifetime(lines) { whenFull() }
        return Measurement(
            count: replies * Self.steps,
            seconds: written / .seconds(1),
            operations: (text.operations + text.headOperations) * Double(replies * Self.steps)
        )
    }

    /// What cannot be copied, to be held in an array.
    private final class Line {
        var cache: KVCache

        init(_ cache: consuming KVCache) { self.cache = cache }
    }

    /// A token on each, as `Session.step` does it.
    private mutating func step(_ lines: [Line]) throws {
        let text = model.config.text
        let tokens = lines.map { _ in [Int.random(in: 0..<text.vocabularySize, using: &random)] }
        let positions = lines.map { Int32($0.cache.count) }
        let x = try model.language.step(tokens, positions: positions) { i, q, k, v, layer in
            lines[i].cache.attend(q, k, v, layer: layer)
        }
        for line in lines { line.cache.advance(by: 1) }
        _ = model.language.logits(x)
    }

    /// Reads `count` tokens and scores what may follow, as a session does.
    private mutating func run(_ count: Int, _ cache: inout KVCache) throws {
        let vocabulary = model.config.text.vocabularySize
        let tokens = (0..<count).map { _ in Int.random(in: 0..<vocabulary, using: &random) }
        let positions = tokens.indices.map { Position(repeating: Int32(cache.count + $0)) }
        let x = try model.language(model.language.embed(tokens), positions: positions, cache: &cache)
        _ = model.language.logits(x[x.rows - 1..<x.rows])
    }

    private mutating func fill(_ cache: inout KVCache, to count: Int) {
        while cache.count < count {
            let rows = min(Session.piece, count - cache.count)
            let values = (0..<rows * cache.columns).map { _ in Float.random(in: -1...1, using: &random) }
            let keys = Tensor(rows: rows, columns: cache.columns, values)
            for layer in 0..<cache.layers { cache.append(keys: keys, values: keys, layer: layer) }
            cache.advance(by: rows)
        }
    }
}

extension TextConfiguration {
    /// Additions and multiplications of a token in the layers' matrices.
    var operations: Double {
        let (c, f, shared) = (Double(hiddenSize), Double(intermediateSize), Double(keyValueHeads * headSize))
        return 2 * Double(layers) * (2 * c * c + 2 * c * shared + 3 * c * f)
    }

    var headOperations: Double { 2 * Double(vocabularySize) * Double(hiddenSize) }
}

extension VisionConfiguration {
    /// Additions and multiplications of a picture in the tower's matrices.
    func operations(patches: Int) -> Double {
        let (c, out, merger) = (Double(hiddenSize), Double(outputSize), Double(mergerSize))
        let pixels = Double(Self.colours * Self.framesPerPatch * patchSize * patchSize)
        let patch = c * pixels + Double(depth) * (4 * c * c + 3 * c * out)
        let block = Double(mergeSize * mergeSize)
        return 2 * Double(patches) * (patch + (block * c * out + out * out + 3 * out * merger) / block)
    }
}
