import Tensors
import Weights

/// One block of the vision tower:
///
///     h = x + Attention(N₁(x))
///     y = h + FeedForward(N₂(h))
///
/// Reference: `Glm4vVisionBlock`, transformers `modeling_glm4v.py`.
package struct VisionBlock: Sendable {
    private let attention: VisionAttention
    private let feedForward: GatedFeedForward
    private let n1, n2: RMSNorm

    init(_ weights: WeightScope, _ config: VisionConfiguration) throws(WeightsError) {
        attention = try VisionAttention(weights["attn"], config)
        // The config calls a block's inner size out_hidden_size: 4096 in the 9B, where the merger has 13696.
        feedForward = try GatedFeedForward(weights["mlp"], config.hiddenSize, inner: config.outputSize)
        n1 = try RMSNorm(weights["norm1"], config.hiddenSize, config.normEpsilon)
        n2 = try RMSNorm(weights["norm2"], config.hiddenSize, config.normEpsilon)
    }

    func callAsFunction(_ x: borrowing Tensor, rotations: borrowing Rotations) -> Tensor {
        let h = x + attention(n1(x), rotations: rotations)
        return h + feedForward(n2(h))
    }
}

/// Self-attention over all patches of a picture. Rows of the checkpoint's `qkv` are Q, then K, then V.
struct VisionAttention: Sendable {
    private let q, k, v, output: Linear
    private let headSize: Int

    init(_ weights: WeightScope, _ config: VisionConfiguration) throws(WeightsError) {
        let channels = config.hiddenSize
        headSize = config.headSize
        let qkv = try weights["qkv"].matrix("weight", shape: [3 * channels, channels], parts: 3)
        let bias = config.hasAttentionBias ? try weights["qkv"].vector("bias", count: 3 * channels) : nil
        let parts = (0..<3).map { part in
            let rows = part * channels..<(part + 1) * channels
            return Linear(weight: qkv[rows], bias: bias.map { Array($0[rows]) })
        }
        (q, k, v) = (parts[0], parts[1], parts[2])
        output = try Linear(weights["proj"], from: channels, to: channels)
    }

    func callAsFunction(_ x: borrowing Tensor, rotations: borrowing Rotations) -> Tensor {
        let queries = rotations(q(x), headSize: headSize)  // [P, H * d]
        let keys = rotations(k(x), headSize: headSize)
        return output(attention(queries, keys, v(x), headSize: headSize, mayRound: q.weight.format.isPacked))
    }
}

/// SwiGLU: W_down (silu(W_gate x) ⊙ W_up x), the checkpoint keeping gate and up apart (Shazeer, 2020).
struct GatedFeedForward: Sendable {
    private let gate, up, down: Linear

    init(_ weights: WeightScope, _ channels: Int, inner: Int) throws(WeightsError) {
        gate = try Linear(weights["gate_proj"], from: channels, to: inner)
        up = try Linear(weights["up_proj"], from: channels, to: inner)
        down = try Linear(weights["down_proj"], from: inner, to: channels)
    }

    /// More than the patches of a frame of 640x360, which is not divided.
    static let rowsAtOnce = 2048

    /// x `[P, C]` → `[P, C]`, some rows at a time: the inner activations of the largest picture would take gigabytes.
    func callAsFunction(_ x: borrowing Tensor) -> Tensor {
        guard x.rows > Self.rowsAtOnce else { return feed(x) }
        var y = Tensor(rows: x.rows, columns: x.columns)
        for start in stride(from: 0, to: x.rows, by: Self.rowsAtOnce) {
            y.replace(from: start, with: feed(x[start..<min(start + Self.rowsAtOnce, x.rows)]))
        }
        return y
    }

    private func feed(_ x: borrowing Tensor) -> Tensor {
        down(swiglu(gate: gate(x), up: up(x)))
    }
}
