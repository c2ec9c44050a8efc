import Foundation
import Tensors

/// Two-dimensional rotary embedding of the vision tower. Pair i of a head, (i, i + d/2), turns by
///
///     θᵢ = row · base^(−4i/d)             for the first d/4 pairs
///     θᵢ = column · base^(−4(i − d/4)/d)  for the other d/4
///
/// where row and column count patches, not merged blocks.
struct VisionRotaryEmbedding: Sendable {
    private let frequencies: [Float]  // d / 4

    init(_ config: VisionConfiguration) {
        let half = config.headSize / 2
        frequencies = (0..<half / 2).map { i in 1 / pow(config.ropeBase, Float(2 * i) / Float(half)) }
    }

    func callAsFunction(_ grid: Grid) -> Rotations {
        let angles = grid.coordinates.flatMap { row, column in
            frequencies.map { Float(row) * $0 } + frequencies.map { Float(column) * $0 }
        }
        return Rotations(angles: angles, pairs: 2 * frequencies.count, pairing: .halves)
    }
}
