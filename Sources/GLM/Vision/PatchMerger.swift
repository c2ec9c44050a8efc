import Tensors
import Weights

/// Makes one token of each block of patches, in the language model's channels: a 2 x 2 convolution, then
///
///     x = GELU(LayerNorm(W x))
///     y = W_down (silu(W_gate x) ⊙ W_up x)
///
/// Reference: `downsample` of `Glm4vVisionModel`, and `Glm4vVisionPatchMerger`, transformers `modeling_glm4v.py`.
package struct PatchMerger: Sendable {
    private let downsample, projection: Linear
    private let norm: LayerNorm
    private let feedForward: GatedFeedForward
    private let block: Int

    private static let normEpsilon: Float = 1e-5  // LayerNorm's own default there, whatever the config says

    init(_ weights: WeightScope, _ config: VisionConfiguration) throws(WeightsError) {
        let (patch, output, side) = (config.hiddenSize, config.outputSize, config.mergeSize)
        block = side * side
        downsample = Linear(
            weight: try weights["downsample"].matrix("weight", shape: [output, patch, side, side]),
            bias: try weights["downsample"].vector("bias", count: output)
        )
        let merger = weights["merger"]
        projection = try Linear(merger["proj"], from: output, to: output)
        norm = LayerNorm(
            weight: try merger["post_projection_norm"].vector("weight", count: output),
            bias: try merger["post_projection_norm"].vector("bias", count: output),
            epsilon: Self.normEpsilon
        )
        feedForward = try GatedFeedForward(merger, output, inner: config.mergerSize)
    }

    /// x `[P, patch channels]` in block order → `[P / 4, C]`.
    ///
    /// The convolution's weights are [channel][row][column], so that a block's patches are laid out so, too.
    func callAsFunction(_ x: borrowing Tensor, observe: (String, borrowing Tensor) -> Void) -> Tensor {
        let merged = downsample(x.interleaved(by: block))
        observe("vision.downsample", merged)
        let y = feedForward(gelu(norm(projection(merged))))
        observe("vision.merger", y)
        return y
    }
}
