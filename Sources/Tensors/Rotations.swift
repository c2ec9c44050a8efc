internal import CKernels
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Which two channels of a head a rotation turns together.
package enum RotaryPairs: Sendable {
    /// (2i, 2i + 1), as GLM's language model does.
    case neighbours
    /// (i, i + d/2), as Llama, Qwen and GLM's vision tower do.
    case halves
}

/// The angle by which each token turns each pair of channels, as cosines and sines: `[T, pairs]` (Su et al., 2021).
package struct Rotations: ~Copyable, Sendable {
    private let cosines, sines: Tensor
    private let pairing: RotaryPairs

    /// `angles` holds `pairs` angles a token, token after token.
    package init(angles: [Float], pairs: Int, pairing: RotaryPairs) {
        precondition(pairs > 0 && angles.count % pairs == 0, "\(angles.count) angles in rows of \(pairs)")
        let tokens = angles.count / pairs
        cosines = Tensor(rows: tokens, columns: pairs, angles.map { cos($0) })
        sines = Tensor(rows: tokens, columns: pairs, angles.map { sin($0) })
        self.pairing = pairing
    }

    /// Turns the first `2 * pairs` channels of every head of x, `[T, heads * headSize]`, in its own memory.
    package func callAsFunction(_ x: consuming Tensor, headSize: Int) -> Tensor {
        let (heads, pairs) = (x.columns / headSize, cosines.columns)
        precondition(
            x.rows == cosines.rows && heads * headSize == x.columns && 2 * pairs <= headSize,
            "x is [\(x.rows), \(x.columns)], heads of \(headSize), angles [\(cosines.rows), \(pairs)]"
        )
        switch pairing {
        case .neighbours:
            unsafe glm_rotate_neighbours(x.pointer, cosines.pointer, sines.pointer, x.rows, heads, headSize, pairs)
        case .halves:
            unsafe glm_rotate_halves(x.pointer, cosines.pointer, sines.pointer, x.rows, heads, headSize, pairs)
        }
        return x
    }
}
