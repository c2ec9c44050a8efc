import Tensors
import Weights

/// One block of the language model. GLM-4 norms each sublayer on the way in and again on the way out:
///
///     h = x + N₂(Attention(N₁(x)))
///     y = h + N₄(FeedForward(N₃(h)))
///
/// Reference: `Glm4vTextDecoderLayer`, transformers `modeling_glm4v.py`.
package struct DecoderLayer: Sendable {
    private let attention: Attention
    private let feedForward: FeedForward
    private let n1, n2, n3, n4: RMSNorm

    init(_ weights: WeightScope, _ config: TextConfiguration) throws(WeightsError) {
        let (channels, epsilon) = (config.hiddenSize, config.normEpsilon)
        attention = try Attention(weights["self_attn"], config)
        feedForward = try FeedForward(weights["mlp"], config)
        n1 = try RMSNorm(weights["input_layernorm"], channels, epsilon)
        n2 = try RMSNorm(weights["post_self_attn_layernorm"], channels, epsilon)
        n3 = try RMSNorm(weights["post_attention_layernorm"], channels, epsilon)  // despite its name, the MLP's
        n4 = try RMSNorm(weights["post_mlp_layernorm"], channels, epsilon)
    }

    func callAsFunction(
        _ x: borrowing Tensor,
        rotations: borrowing Rotations,
        index: Int,
        attend: Attend
    ) -> Tensor {
        let h = x + n2(attention(n1(x), rotations: rotations, layer: index, attend: attend))
        return h + n4(feedForward(n3(h)))
    }
}

/// What tokens see, `[T, H * d]`: each takes its own key and value to those before it on its timeline, and looks at them all.
///
/// Given are their queries `[T, H * d]`, their keys and values `[T, Hkv * d]`, and the layer's number. All else works on
/// rows, whosever they are: only here does it count on which timelines the tokens are.
typealias Attend = (
    _ q: borrowing Tensor, _ k: borrowing Tensor, _ v: borrowing Tensor, _ layer: Int
) -> Tensor

/// Causal self-attention with grouped queries; q, k and v have a bias, the output has none.
///
/// Reference: `Glm4vTextAttention`, transformers `modeling_glm4v.py`.
struct Attention: Sendable {
    private let q, k, v, output: Linear
    private let headSize: Int

    init(_ weights: WeightScope, _ config: TextConfiguration) throws(WeightsError) {
        let (channels, shared) = (config.hiddenSize, config.keyValueHeads * config.headSize)
        headSize = config.headSize
        q = try Linear(weights["q_proj"], from: channels, to: channels, hasBias: true)
        k = try Linear(weights["k_proj"], from: channels, to: shared, hasBias: true)
        v = try Linear(weights["v_proj"], from: channels, to: shared, hasBias: true)
        output = try Linear(weights["o_proj"], from: channels, to: channels)
    }

    func callAsFunction(
        _ x: borrowing Tensor,
        rotations: borrowing Rotations,
        layer: Int,
        attend: Attend
    ) -> Tensor {
        let queries = rotations(q(x), headSize: headSize)  // [T, H * d]
        let keys = rotations(k(x), headSize: headSize)  // [T, Hkv * d]
        return output(attend(queries, keys, v(x), layer))
    }
}

extension KVCache {
    /// What the next tokens of this one timeline see.
    mutating func attend(
        _ q: borrowing Tensor,
        _ k: borrowing Tensor,
        _ v: borrowing Tensor,
        layer: Int
    ) -> Tensor {
        append(keys: k, values: v, layer: layer)
        return attention(q, self, layer: layer)
    }
}

/// SwiGLU: W_down (silu(W_gate x) ⊙ W_up x). The checkpoint stacks W_gate over W_up (Shazeer, 2020).
struct FeedForward: Sendable {
    private let gateUp, down: Linear

    init(_ weights: WeightScope, _ config: TextConfiguration) throws(WeightsError) {
        gateUp = try Linear(weights["gate_up_proj"], from: config.hiddenSize, to: 2 * config.intermediateSize)
        down = try Linear(weights["down_proj"], from: config.intermediateSize, to: config.hiddenSize)
    }

    func callAsFunction(_ x: borrowing Tensor) -> Tensor {
        down(swiglu(gateUp(x)))
    }
}
