import Tensors
import Weights

/// x = RMSNorm(W patch + b) + position: a convolution over whole patches is a matrix product.
///
/// Reference: `Glm4vVisionPatchEmbed` and `Glm4vVisionEmbeddings`, transformers `modeling_glm4v.py`.
package struct PatchEmbedding: Sendable {
    private let projection: Linear
    private let norm: RMSNorm
    private let positions: PositionTable

    init(_ weights: WeightScope, _ config: VisionConfiguration) throws(WeightsError) {
        let (channels, side) = (config.hiddenSize, config.patchSize)
        let proj = weights["patch_embed"]["proj"]
        projection = Linear(
            weight: try proj.matrix(
                "weight",
                shape: [channels, VisionConfiguration.colours, VisionConfiguration.framesPerPatch, side, side]
            ),
            bias: try proj.vector("bias", count: channels)
        )
        norm = try RMSNorm(weights["post_conv_layernorm"], channels, config.normEpsilon)
        positions = try PositionTable(weights["embeddings"]["position_embedding"], config)
    }

    func callAsFunction(
        _ patches: borrowing Tensor,
        _ grid: Grid,
        observe: (String, borrowing Tensor) -> Void
    ) -> Tensor {
        let embedded = projection(patches)
        observe("vision.patch_embed", embedded)
        let normed = norm(embedded)
        observe("vision.post_conv_layernorm", normed)
        let x = normed + positions(grid)
        observe("vision.embeddings", x)
        return x
    }
}

/// A learned square of positions, stretched over the picture's grid by bicubic interpolation (Keys, 1981, a = -0.75).
///
/// Patch (r, c) of R x C sits at ((c + ½) / C, (r + ½) / R) of the square. Taps beyond its border repeat the border, each
/// tap for itself.
struct PositionTable: Sendable {
    private let side, channels: Int
    private let table: [Float]  // [side * side, C]

    init(_ weights: WeightScope, _ config: VisionConfiguration) throws(WeightsError) {
        side = config.positionSide
        channels = config.hiddenSize
        table = try weights.matrix("weight", shape: [side * side, channels]).elements
    }

    func callAsFunction(_ grid: Grid) -> Tensor {
        let rows = (0..<grid.rows).map { taps(at: $0, of: grid.rows) }
        let columns = (0..<grid.columns).map { taps(at: $0, of: grid.columns) }
        var positions = [Float](repeating: 0, count: grid.patches * channels)
        for (patch, place) in grid.coordinates.enumerated() {
            for (row, rowWeight) in rows[place.row] {
                for (column, columnWeight) in columns[place.column] {
                    let (weight, from) = (rowWeight * columnWeight, (row * side + column) * channels)
                    for c in 0..<channels { positions[patch * channels + c] += weight * table[from + c] }
                }
            }
        }
        return Tensor(rows: grid.patches, columns: channels, positions)
    }

    /// The four entries of the table around step `i` of `count`, with their weights.
    private func taps(at i: Int, of count: Int) -> [(index: Int, weight: Float)] {
        let normalised = ((Float(i) + 0.5) / Float(count)) * 2 - 1
        let place = ((normalised + 1) * Float(side) - 1) / 2
        let floor = place.rounded(.down)
        let t = place - floor
        let weights = [cubicFar(t + 1), cubicNear(t), cubicNear(1 - t), cubicFar(2 - t)]
        return weights.enumerated().map { offset, weight in
            (min(max(Int(floor) - 1 + offset, 0), side - 1), weight)
        }
    }

    private static let a: Float = -0.75

    private func cubicNear(_ x: Float) -> Float { ((Self.a + 2) * x - (Self.a + 3)) * x * x + 1 }

    private func cubicFar(_ x: Float) -> Float { ((Self.a * x - 5 * Self.a) * x + 8 * Self.a) * x - 4 * Self.a }
}
