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

        let input = unsafe x.pointer
        return unsafe weight.withStart { w in
            unsafe Tensor(rows: m, columns: n) { y in
                parallel(n, grain: 48, work: m * n * k) { columns in
                    unsafe kernels.linear(
                        y,
                        input,
                        w,
                        weight.format.c,
                        bias,
                        m,
                        n,
                        k,
                        columns.lowerBound,
                        columns.upperBound
                    )
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
                    unsafe glm_unpack(
                        y + i * columns,
                        start + row * columns * format.bytesPerElement,
                        format.c,
                        columns
                    )
                }
            }
        }
    }

    /// All elements as f32, row by row: for small matrices that are worked on once, when a model is loaded.
    package var elements: [Float] { rows(Array(0..<rows)).elements }
}

extension Matrix.Format {
    var c: glm_format {
        switch self {
        case .f32: glm_f32
        case .bf16: glm_bf16
        case .f16: glm_f16
        }
    }
}
