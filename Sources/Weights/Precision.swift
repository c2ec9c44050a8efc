package import Tensors

/// In what a model's matrices are kept, the most exact first.
package enum Precision: String, Sendable, CaseIterable {
    /// As the checkpoint has them, with all arithmetic in 32 bits.
    case f32
    /// 8.25 bits a weight, in a packed file.
    case q8
    /// 4.5 bits a weight, 8.25 where it matters most, in a packed file.
    case q4

    /// The format of a packed matrix; nil where nothing is packed.
    package var format: Matrix.Format? {
        switch self {
        case .f32: nil
        case .q8: .q8
        case .q4: .q4
        }
    }

    /// What a packed file is called: `PackedLocation` says where it is.
    var fileName: String? { format.map { _ in "model.\(rawValue).safetensors" } }

    /// How a packed file of this precision is made, as a shell takes it.
    func command(for directory: String) -> String {
        let isPlain =
            !directory.isEmpty
            && directory.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/._-+@%,:=".contains($0)) }
        let folder = isPlain ? directory : "'" + directory.replacing("'", with: "'\\''") + "'"
        return "glimpse pack \(folder) --bits \(self == .q8 ? 8 : 4)"
    }
}
