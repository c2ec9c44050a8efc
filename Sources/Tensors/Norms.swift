internal import CKernels

/// y = x / √(mean(x²) + ε) ⊙ w, for each row (Zhang and Sennrich, 2019).
package struct RMSNorm: Sendable {
    private let weight: [Float]
    private let epsilon: Float

    package init(weight: [Float], epsilon: Float) {
        self.weight = weight
        self.epsilon = epsilon
    }

    package func callAsFunction(_ x: borrowing Tensor) -> Tensor {
        let columns = x.columns
        precondition(columns == weight.count, "x is [\(x.rows), \(columns)], the norm \(weight.count)")
        let (input, rows) = unsafe (x.pointer, x.rows)
        return unsafe Tensor(rows: rows, columns: columns) { y in
            parallel(rows, grain: 16, work: 4 * rows * columns) { rows in
                unsafe kernels.rms_norm(y, input, weight, epsilon, columns, rows.lowerBound, rows.upperBound)
            }
        }
    }
}

/// y = (x - mean(x)) / √(variance(x) + ε) ⊙ w + b, for each row (Ba et al., 2016).
package struct LayerNorm: Sendable {
    private let weight, bias: [Float]
    private let epsilon: Float

    package init(weight: [Float], bias: [Float], epsilon: Float) {
        self.weight = weight
        self.bias = bias
        self.epsilon = epsilon
    }

    package func callAsFunction(_ x: borrowing Tensor) -> Tensor {
        precondition(x.columns == weight.count, "x is [\(x.rows), \(x.columns)], the norm \(weight.count)")
        return unsafe Tensor(rows: x.rows, columns: x.columns) { y in
            unsafe glm_layer_norm(y, x.pointer, weight, bias, epsilon, x.rows, x.columns)
        }
    }
}
