internal import CKernels

/// silu(gate) ⊙ up, where each row of `gateUp` is a row of gate and then one of up.
package func swiglu(_ gateUp: borrowing Tensor) -> Tensor {
    let half = gateUp.columns / 2
    precondition(gateUp.columns == 2 * half, "\(gateUp.columns) columns do not halve")
    return unsafe swiglu(gateUp.pointer, gateUp.pointer + half, gateUp.rows, half, stride: 2 * half)
}

/// silu(gate) ⊙ up
package func swiglu(gate: borrowing Tensor, up: borrowing Tensor) -> Tensor {
    precondition(
        gate.rows == up.rows && gate.columns == up.columns,
        "gate is [\(gate.rows), \(gate.columns)], up is [\(up.rows), \(up.columns)]"
    )
    return unsafe swiglu(gate.pointer, up.pointer, gate.rows, gate.columns, stride: gate.columns)
}

private func swiglu(
    _ gate: UnsafePointer<Float>,
    _ up: UnsafePointer<Float>,
    _ rows: Int,
    _ columns: Int,
    stride: Int
) -> Tensor {
    unsafe Tensor(rows: rows, columns: columns) { y in
        parallel(rows, grain: 4, work: 30 * rows * columns) { some in
            let (start, y) = unsafe (some.lowerBound * stride, y + some.lowerBound * columns)
            unsafe kernels.swiglu(y, gate + start, up + start, some.count, columns, stride)
        }
    }
}

/// x ⊙ Φ(x), the exact Gaussian error linear unit (Hendrycks and Gimpel, 2016).
package func gelu(_ x: consuming Tensor) -> Tensor {
    let (pointer, columns, rows) = unsafe (x.pointer, x.columns, x.rows)
    parallel(rows, grain: 4, work: 60 * rows * columns) { some in
        unsafe glm_gelu(pointer + some.lowerBound * columns, some.count * columns)
    }
    return x
}
