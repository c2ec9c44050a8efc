import Tensors
import Weights

/// Turns the patches of one picture into the tokens that stand for it in a prompt.
///
/// Reference: `Glm4vVisionModel`, transformers `modeling_glm4v.py`.
package struct VisionTower: Sendable {
    package let embedding: PatchEmbedding
    package let blocks: [VisionBlock]
    package let merger: PatchMerger
    private let rotary: VisionRotaryEmbedding
    private let postNorm: RMSNorm

    init(_ weights: WeightScope, _ config: VisionConfiguration) throws(WeightsError) {
        embedding = try PatchEmbedding(weights, config)
        var blocks: [VisionBlock] = []
        for i in 0..<config.depth { blocks.append(try VisionBlock(weights["blocks"][i], config)) }
        self.blocks = blocks
        merger = try PatchMerger(weights, config)
        rotary = VisionRotaryEmbedding(config)
        postNorm = try RMSNorm(weights["post_layernorm"], config.hiddenSize, config.normEpsilon)
    }

    /// patches `[P, 1176]` → tokens `[P / 4, C]`. Every patch sees every other of the picture, and no other picture.
    ///
    /// Once `isStopped`, this throws before the next block. `observe` is given each named intermediate, as the golden files
    /// know them.
    package func callAsFunction(
        _ patches: borrowing Tensor,
        _ grid: Grid,
        isStopped: () -> Bool = { false },
        observe: (String, borrowing Tensor) -> Void = { _, _ in }
    ) throws(CancellationError) -> Tensor {
        var x = embedding(patches, grid, observe: observe)  // [P, C]
        let rotations = rotary(grid)
        for (i, block) in blocks.enumerated() {
            guard !isStopped() else { throw CancellationError() }
            x = block(x, rotations: rotations)
            observe("vision.blocks.\(i)", x)
        }
        x = postNorm(x)
        observe("vision.post_layernorm", x)
        return merger(x, observe: observe)
    }
}

/// The patches of one picture: rows and columns, in blocks of `mergeSize` by `mergeSize` that become one token each.
package struct Grid: Sendable, Equatable {
    package let rows, columns, mergeSize: Int

    package init(rows: Int, columns: Int, mergeSize: Int) {
        precondition(
            rows > 0 && columns > 0 && rows % mergeSize == 0 && columns % mergeSize == 0,
            "\(rows) x \(columns) patches in blocks of \(mergeSize)"
        )
        self.rows = rows
        self.columns = columns
        self.mergeSize = mergeSize
    }

    package var patches: Int { rows * columns }
    package var tokenRows: Int { rows / mergeSize }
    package var tokenColumns: Int { columns / mergeSize }
    package var tokens: Int { tokenRows * tokenColumns }

    /// The row and column of each patch, in the order in which patches come: block by block, and row by row in a block.
    var coordinates: [(row: Int, column: Int)] {
        var coordinates: [(row: Int, column: Int)] = []
        coordinates.reserveCapacity(patches)
        for blockRow in 0..<tokenRows {
            for blockColumn in 0..<tokenColumns {
                for row in 0..<mergeSize {
                    for column in 0..<mergeSize {
                        coordinates.append((blockRow * mergeSize + row, blockColumn * mergeSize + column))
                    }
                }
            }
        }
        return coordinates
    }
}
