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
    private let block, patchChannels: Int

    private static let normEpsilon: Float = 1e-5  // LayerNorm's own default there, whatever the config says

    init(_ weights: WeightScope, _ config: VisionConfiguration) throws(WeightsError) {
        let (patch, output, side) = (config.hiddenSize, config.outputSize, config.mergeSize)
        patchChannels = patch
        block = side * side
        let kernel = try weights["downsample"].matrix("weight", shape: [output, patch, side, side])
        downsample = Linear(
            weight: Self.patchMajor(kernel, patches: block),
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
    func callAsFunction(_ x: consuming Tensor, observe: (String, borrowing Tensor) -> Void) -> Tensor {
        let tokens = x.rows / block
        let merged = downsample(x.reshaped(rows: tokens, columns: block * patchChannels))
        observe("vision.downsample", merged)
        let y = feedForward(gelu(norm(projection(merged))))
        observe("vision.merger", y)
        return y
    }

    /// The patches of a block lie one after the other, [patch][channel], but the convolution's weights are
    /// [channel][row][column]: turned once here, so that the convolution is a matrix product.
    private static func patchMajor(_ kernel: Matrix, patches: Int) -> Matrix {
        let channels = kernel.columns / patches
        let from = kernel.elements
        var to = [Float](repeating: 0, count: from.count)
        for row in 0..<kernel.rows {
            let start = row * kernel.columns
            for channel in 0..<channels {
                for patch in 0..<patches {
                    to[start + patch * channels + channel] = from[start + channel * patches + patch]
                }
            }
        }
        return Matrix(rows: kernel.rows, columns: kernel.columns, elements: to)
    }
}
