internal import CKernels

/// y = x Wᵀ + b
package struct Linear: Sendable {
    package let weight: Matrix  // [out, in], in whatever format the checkpoint keeps
    package let bias: [Float]?  // [out]

    package init(weight: Matrix, bias: [Float]? = nil) {
        precondition(bias.map { $0.count == weight.rows } ?? true, "a bias of \(bias?.count ?? 0) for \(weight.rows)")
        self.weight = weight
        self.bias = bias
    }

    package func callAsFunction(_ x: borrowing Tensor) -> Tensor {
        let (m, n, k) = (x.rows, weight.rows, weight.columns)
        precondition(x.columns == k, "x is [\(m), \(x.columns)], W is [\(n), \(k)]")
        guard !weight.format.isPacked else { return packed(Codes(x), rows: m) }

        let input = unsafe x.pointer
        return unsafe columns(of: m) { y, w, some in
            unsafe kernels.linear(y, input, w, weight.format.c, bias, m, n, k, some.lowerBound, some.upperBound)
        }
    }

    /// The same with x in 8 bits, as it meets packed weights.
    private func packed(_ x: borrowing Codes, rows m: Int) -> Tensor {
        let (n, k) = (weight.rows, weight.columns)
        return unsafe x.withC { x in
            unsafe columns(of: m) { y, w, some in
                unsafe kernels.linear_packed(y, x, w, weight.format.c, bias, m, n, k, some.lowerBound, some.upperBound)
            }
        }
    }

    /// y `[m, out]`, of which `body` writes some columns at a time: whole strips of W, but for the last.
    private func columns(
        of m: Int,
        _ body: (UnsafeMutablePointer<Float>, UnsafeRawPointer, Range<Int>) -> Void
    ) -> Tensor {
        unsafe weight.withStart { w in
            unsafe Tensor(rows: m, columns: weight.rows) { y in
                parallel(weight.rows, grain: weight.format.rowsPerPiece, work: m * weight.rows * weight.columns) {
                    some in
                    unsafe body(y, w, some)
                }
            }
        }
    }
}

extension Matrix {
    /// Some rows as f32: what an embedding looks up.
    package func rows(_ indices: [Int]) -> Tensor {
        unsafe withStart { start in
            unsafe Tensor(rows: indices.count, columns: columns) { y in
                for (i, row) in indices.enumerated() {
                    precondition(row >= 0 && row < rows, "row \(row) of \(rows)")
                    let y = unsafe y + i * columns
                    if format.isPacked {
                        unsafe glm_unpack_row(y, start, format.c, row, columns)
                    } else {
                        unsafe glm_unpack(y, start + format.bytes(rows: row, columns: columns), format.c, columns)
                    }
                }
            }
        }
    }

    /// All elements as f32, row by row: for small matrices that are worked on once, when a model is loaded.
    package var elements: [Float] { rows(Array(0..<rows)).elements }
}
