internal import CKernels

extension Matrix {
    /// How the elements are stored: one after the other, row by row, or packed.
    ///
    /// Packed weights lie in strips of 16 rows and blocks of 128 columns, `[strips, blocks, bytes of a block]`, and the last
    /// strip and block are filled up with zeros. A block of ``q8`` holds 8-bit codes and one scale a row, a block of ``q4``
    /// 4-bit codes, a whole step and a whole offset for each row and group of 32, and one scale a row (`packed.h`).
    package enum Format: Sendable, CaseIterable {
        case f32, bf16, f16
        /// 8.25 bits a weight.
        case q8
        /// 4.5 bits a weight.
        case q4

        package var isPacked: Bool { self == .q8 || self == .q4 }

        /// How many rows lie together.
        package var rowsPerStrip: Int { isPacked ? Int(glm_strip) : 1 }

        /// How many rows a thread multiplies with at a time: pairs of strips, or tiles of six rows.
        var rowsPerPiece: Int { isPacked ? 4 * rowsPerStrip : 48 }

        /// How a matrix lies in a file: strips, blocks, and bytes of a block; of one that is not packed rows, columns, and
        /// bytes of an element.
        package func layout(rows: Int, columns: Int) -> [Int] {
            switch self {
            case .f32: [rows, columns, 4]
            case .bf16, .f16: [rows, columns, 2]
            case .q8: Self.blocks(rows, columns) + [Int(glm_q8_bytes)]
            case .q4: Self.blocks(rows, columns) + [Int(glm_q4_bytes)]
            }
        }

        package func bytes(rows: Int, columns: Int) -> Int { layout(rows: rows, columns: columns).reduce(1, *) }

        private static func blocks(_ rows: Int, _ columns: Int) -> [Int] {
            let (strip, block) = (Int(glm_strip), Int(glm_block))
            return [(rows + strip - 1) / strip, (columns + block - 1) / block]
        }

        var c: glm_format {
            switch self {
            case .f32: glm_f32
            case .bf16: glm_bf16
            case .f16: glm_f16
            case .q8: glm_q8
            case .q4: glm_q4
            }
        }
    }
}
