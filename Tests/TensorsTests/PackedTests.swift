import Foundation
import Tensors
import Testing
import TestSupport

/// Layers over packed weights, on sizes that fill neither strips nor blocks.
struct PackedTests {
    static let sizes = [(rows: 48, columns: 256), (rows: 50, columns: 200), (rows: 3, columns: 5)]
    /// How large the error of a weight is against the weights, in root mean squares: for even numbers, whose range is small,
    /// a third less than for normal ones.
    static let errors: [(format: Matrix.Format, most: Float)] = [(.q8, 0.005), (.q4, 0.06)]

    @Test(arguments: errors, sizes)
    func `a packed matrix is close to what was packed`(
        error: (format: Matrix.Format, most: Float),
        size: (rows: Int, columns: Int)
    ) {
        let weights = numbers(size.rows * size.columns, seed: 1)
        let packed = Matrix(rows: size.rows, columns: size.columns, elements: weights, packedAs: error.format)
        #expect(distance(packed.elements, weights) < error.most)
        #expect(packed.rows([size.rows - 1]).elements == Array(packed.elements.suffix(size.columns)))
    }

    /// Of a normal number llama.cpp's Q4_K, which takes as many bits, loses 0.0713 (Tools/packing/errors.py).
    @Test func `normal numbers lose no more in 4 bits than in Q4_K`() {
        let even = numbers(2 << 20, seed: 1)
        let normal = stride(from: 0, to: even.count, by: 2).map { i in  // Box and Muller, 1958
            (-2 * log(max(abs(even[i]), 1e-9))).squareRoot() * cos(2 * .pi * abs(even[i + 1]))
        }
        let packed = Matrix(rows: 1 << 10, columns: 1 << 10, elements: normal, packedAs: .q4)
        #expect(distance(packed.elements, normal) < 0.0713)
    }

    @Test(arguments: errors, sizes)
    func `a packed layer computes with what its matrix holds, but for the rounding of x`(
        error: (format: Matrix.Format, most: Float),
        size: (rows: Int, columns: Int)
    ) {
        let (m, n, k) = (19, size.rows, size.columns)
        let packed = Matrix(rows: n, columns: k, elements: numbers(n * k, seed: 1), packedAs: error.format)
        let bias = numbers(n, seed: 2)
        let x = numbers(m * k, seed: 3)
        let found = Linear(weight: packed, bias: bias)(Tensor(rows: m, columns: k, x)).elements
        let exact = Matrix(rows: n, columns: k, elements: packed.elements)
        let expected = Linear(weight: exact, bias: bias)(Tensor(rows: m, columns: k, x)).elements
        #expect(distance(found, expected) < 0.008)
    }

    @Test(arguments: [Matrix.Format.q8, .q4])
    func `a row gives the same bits alone and among others`(format: Matrix.Format) {
        let (m, n, k) = (61, 70, 333)
        let layer = Linear(
            weight: Matrix(rows: n, columns: k, elements: numbers(n * k, seed: 1), packedAs: format),
            bias: numbers(n, seed: 2)
        )
        let x = Tensor(rows: m, columns: k, numbers(m * k, seed: 3))
        let together = layer(x)
        for row in [0, 5, 59, 60] {
            #expect(layer(x[row..<row + 1]).elements == together[row..<row + 1].elements, "row \(row)")
        }
    }

    @Test(arguments: [Matrix.Format.q8, .q4])
    func `strips of a packed matrix are a matrix of the same memory`(format: Matrix.Format) {
        let matrix = Matrix(rows: 40, columns: 130, elements: numbers(40 * 130, seed: 1), packedAs: format)
        #expect(matrix[16..<40].elements == Array(matrix.elements[(16 * 130)...]))
        #expect(matrix[16..<32].rows([3]).elements == matrix.rows([19]).elements)
    }

    @Test(arguments: [Matrix.Format.q8, .q4])
    func `what is not a number stays so, and spoils no other row`(format: Matrix.Format) {
        var weights = numbers(4 * 64, seed: 1)
        weights[64] = .nan
        let layer = Linear(weight: Matrix(rows: 4, columns: 64, elements: weights, packedAs: format))
        var x = numbers(3 * 64, seed: 2)
        x[70] = .infinity
        let y = layer(Tensor(rows: 3, columns: 64, x)).elements
        for (i, value) in y.enumerated() { #expect(value.isNaN == (i % 4 == 1 || i / 4 == 1), "\(i)") }
    }

    @Test(arguments: [Matrix.Format.q8, .q4])
    func `zeros, single numbers and very small ones are packed exactly or nearly so`(format: Matrix.Format) {
        var weights = [Float](repeating: 0, count: 3 * 128)
        weights[5] = -2
        for i in 256..<384 { weights[i] = 3e-20 }
        let found = Matrix(rows: 3, columns: 128, elements: weights, packedAs: format).elements
        for (a, b) in zip(found, weights) { #expect(abs(a - b) <= 0.01 * abs(b)) }
    }

    private func numbers(_ count: Int, seed: UInt32) -> [Float] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return Float(state >> 8) / 8_388_608 - 1
        }
    }

    /// The root of the mean square of a - b, in units of that of b.
    private func distance(_ a: [Float], _ b: [Float]) -> Float {
        let squares = zip(a, b).map { ($0 - $1) * ($0 - $1) }.reduce(0, +)
        return (squares / b.map { $0 * $0 }.reduce(0, +)).squareRoot()
    }
}
