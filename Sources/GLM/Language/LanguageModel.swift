import Tensors
import Weights

/// The decoder: embeddings, layers, a last norm, and the head that scores every token of the vocabulary.
///
/// Reference: `Glm4vTextModel`, transformers `modeling_glm4v.py`.
package struct LanguageModel: Sendable {
    package let layers: [DecoderLayer]
    package let config: TextConfiguration
    /// How keys and values are kept.
    private let cacheFormat: KVCache.Format
    private let embedding: Matrix  // [V, C]
    private let norm: RMSNorm
    private let head: Linear  // [V, C]
    private let rotary: RotaryEmbedding

    init(
        _ weights: WeightScope,
        head: WeightScope,
        _ config: TextConfiguration,
        cacheFormat: KVCache.Format
    ) throws(WeightsError) {
        self.config = config
        self.cacheFormat = cacheFormat
        let shape = [config.vocabularySize, config.hiddenSize]
        embedding = try weights["embed_tokens"].matrix("weight", shape: shape)
        var layers: [DecoderLayer] = []
        for i in 0..<config.layers { layers.append(try DecoderLayer(weights["layers"][i], config)) }
        self.layers = layers
        norm = try RMSNorm(weights["norm"], config.hiddenSize, config.normEpsilon)
        self.head = Linear(weight: config.isTied ? embedding : try head.matrix("weight", shape: shape))
        rotary = RotaryEmbedding(config)
    }

    /// `[T, C]`
    package func embed(_ tokens: [Int]) -> Tensor { embedding.rows(tokens) }

    /// Runs the tokens after those in the cache, and counts them there: x `[T, C]` → hidden states `[T, C]`.
    ///
    /// Once `isStopped`, this throws before the next layer, and the cache counts what it did. `observe` is given each named
    /// intermediate, as the golden files know them.
    package func callAsFunction(
        _ x: consuming Tensor,
        positions: [Position],
        cache: inout KVCache,
        isStopped: () -> Bool = { false },
        observe: (String, borrowing Tensor) -> Void = { _, _ in }
    ) throws(CancellationError) -> Tensor {
        let x = try callAsFunction(x, positions: positions, isStopped: isStopped, observe: observe) { q, k, v, layer in
            cache.attend(q, k, v, layer: layer)
        }
        cache.advance(by: positions.count)
        return x
    }

    /// Runs a few tokens on each of several timelines, which `attend` knows by their numbers, from each one's next position on: → hidden
    /// states `[T, C]` of all of them.
    ///
    /// What is dear about one token is that every weight is fetched for it: here they are fetched once for all.
    func step(
        _ tokens: [[Int]],
        positions: [Int32],
        isStopped: () -> Bool = { false },
        attend: (Int, _ q: borrowing Tensor, _ k: borrowing Tensor, _ v: borrowing Tensor, _ layer: Int) -> Tensor
    ) throws(CancellationError) -> Tensor {
        let places = zip(tokens, positions).flatMap { tokens, first in
            tokens.indices.map { Position(repeating: first + Int32($0)) }
        }
        let x = embed(tokens.flatMap(\.self))
        return try callAsFunction(x, positions: places, isStopped: isStopped) { q, k, v, layer in
            var seen = Tensor(rows: q.rows, columns: q.columns)
            var start = 0
            for (i, count) in tokens.map(\.count).enumerated() {
                let rows = start..<start + count
                seen.replace(from: start, with: attend(i, q[rows], k[rows], v[rows], layer))
                start += count
            }
            return seen
        }
    }

    /// Runs tokens of any timelines, which are `attend`'s alone: x `[T, C]` → hidden states `[T, C]`.
    private func callAsFunction(
        _ x: consuming Tensor,
        positions: [Position],
        isStopped: () -> Bool,
        observe: (String, borrowing Tensor) -> Void = { _, _ in },
        attend: Attend
    ) throws(CancellationError) -> Tensor {
        let rotations = rotary(positions)
        for (i, layer) in layers.enumerated() {
            guard !isStopped() else { throw CancellationError() }
            x = layer(x, rotations: rotations, index: i, attend: attend)
            observe("language.layers.\(i)", x)
        }
        return x
    }

    /// How likely each token is to come next, before softmax: x `[T, C]` → `[T, V]`.
    package func logits(
        _ x: borrowing Tensor,
        observe: (String, borrowing Tensor) -> Void = { _, _ in }
    ) -> Tensor {
        let normed = norm(x)
        observe("language.norm", normed)
        return head(normed)
    }

    /// An empty cache, with memory for `capacity` tokens.
    package func makeCache(capacity: Int = 0) -> KVCache {
        KVCache(
            layers: layers.count,
            heads: config.keyValueHeads,
            headSize: config.headSize,
            format: cacheFormat,
            capacity: capacity
        )
    }

    /// The memory that one token takes in a cache.
    package var cacheBytesPerToken: Int { config.cacheBytesPerToken(cacheFormat) }
}
