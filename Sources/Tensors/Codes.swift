internal import CKernels

/// Activations in 8 bits, as packed weights meet them: x ≈ scale · code for each block of 128 of a row.
@safe struct Codes: ~Copyable {
    private let codes, scales, sums: Memory
    private let c: glm_codes

    init(_ x: borrowing Tensor) {
        let (rows, columns) = (x.rows, x.columns)
        let blocks = glm_tiled_rows(rows) * ((columns + Int(glm_block) - 1) / Int(glm_block))
        let (sumsOfBlock, bytesOfFloat) = (Int(glm_block / glm_group), MemoryLayout<Float>.stride)
        codes = Memory(blocks * Int(glm_block) / bytesOfFloat)
        scales = Memory(blocks)
        sums = Memory(blocks * sumsOfBlock * MemoryLayout<Int16>.stride / bytesOfFloat)
        let c = unsafe glm_codes(
            codes: UnsafeMutableRawPointer(codes.pointer).assumingMemoryBound(to: Int8.self),
            scales: scales.pointer,
            sums: UnsafeMutableRawPointer(sums.pointer).assumingMemoryBound(to: Int16.self),
            rows: rows
        )
        unsafe self.c = c
        let input = unsafe x.pointer
        parallel(rows, grain: 8, work: 8 * rows * columns) { some in
            unsafe withUnsafePointer(to: c) { c in
                unsafe kernels.quantise(c, input, columns, some.lowerBound, some.upperBound)
            }
        }
    }

    /// Gives `body` where it all lies.
    func withC<Result: ~Copyable>(_ body: (UnsafePointer<glm_codes>) -> Result) -> Result {
        unsafe withUnsafePointer(to: c) { c in unsafe body(c) }
    }
}
