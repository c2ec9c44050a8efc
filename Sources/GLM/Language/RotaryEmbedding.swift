import Foundation
import Tensors

/// Where a token sits: (t, h, w), its frame, row and column. Text has t = h = w.
package typealias Position = SIMD3<Int32>

/// Multimodal rotary embedding, M-RoPE (Wang et al., 2024). Pair i of a head turns by
///
///     θᵢ = p[axisᵢ] · base^(−2i/d)        in the 9B: base = 10 000, d = 64 of a head's 128 channels
///
/// where axisᵢ is t for the first 8 pairs, h for the next 12 and w for the last 12.
/// GLM pairs neighbours, (2i, 2i + 1); Llama and Qwen pair halves, (i, i + d/2).
struct RotaryEmbedding: Sendable {
    private let axis: [Int]
    private let frequency: [Float]

    init(_ config: TextConfiguration) {
        let d = config.ropeChannels
        axis = config.ropeSections.enumerated().flatMap { i, count in Array(repeating: i % 3, count: count) }
        frequency = (0..<d / 2).map { i in 1 / pow(config.ropeBase, Float(2 * i) / Float(d)) }
        precondition(axis.count == frequency.count, "sections \(config.ropeSections) do not cover \(d / 2) pairs")
    }

    func callAsFunction(_ positions: [Position]) -> Rotations {
        let angles = positions.flatMap { p in zip(axis, frequency).map { axis, frequency in Float(p[axis]) * frequency }
        }
        return Rotations(angles: angles, pairs: frequency.count, pairing: .neighbours)
    }
}
