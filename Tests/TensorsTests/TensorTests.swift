import Synchronization
import Testing
import TestSupport

@testable import Tensors

struct TensorTests {
    @Test func `a linear layer adds its bias to x Wᵀ`() {
        let weight = Matrix(rows: 3, columns: 2, elements: [1, 2, 3, 4, 5, 6])
        let y = Linear(weight: weight, bias: [0.5, 0, -0.5])(Tensor(rows: 2, columns: 2, [1, 0, 10, 1]))
        #expect(y.elements == [1.5, 3, 4.5, 12.5, 34, 55.5])
    }

    @Test func `rows of a matrix are a matrix of the same memory`() {
        let matrix = Matrix(rows: 3, columns: 2, elements: [1, 2, 3, 4, 5, 6])
        #expect(matrix[1..<3].elements == [3, 4, 5, 6])
        #expect(matrix.rows([2, 0]).elements == [5, 6, 1, 2])
    }

    @Test func `work split over threads equals work done alone`() {
        let (m, n, k) = (64, 301, 130)
        let x = (0..<m * k).map { Float($0 % 17) - 8 }
        let weight = Matrix(rows: n, columns: k, elements: (0..<n * k).map { Float($0 % 13) - 6 })
        let y = Linear(weight: weight)(Tensor(rows: m, columns: k, x))
        for row in [0, 31, 63] {
            let alone = Linear(weight: weight)(Tensor(rows: 1, columns: k, Array(x[row * k..<(row + 1) * k])))
            expectClose(y[row..<row + 1], alone, within: 1e-6, "row \(row)")
        }
    }

    @Test func `a parallel job covers every index once, however many there are`() {
        for count in [0, 1, 7, 48, 49, 1000] {
            let tallies = (0..<count).map { _ in Tally() }
            parallel(count, grain: 3, work: .max) { range in range.forEach { tallies[$0].add() } }
            #expect(tallies.allSatisfy { $0.count == 1 }, "\(count)")
        }
    }

    @Test func `many jobs in a row, asked for by several at once, cover every index once`() async {
        await withTaskGroup(of: Bool.self) { group in
            for task in 0..<4 {
                group.addTask {
                    for job in 0..<2000 {
                        let count = (job * 7 + task * 13) % 97 + 2
                        let tallies = (0..<count).map { _ in Tally() }
                        parallel(count, grain: job % 5 + 1, work: .max) { range in range.forEach { tallies[$0].add() } }
                        guard tallies.allSatisfy({ $0.count == 1 }) else { return false }
                    }
                    return true
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }

    @Test func `rotations keep lengths, and scores depend on distance alone`() {
        let angles: (Float) -> [Float] = { p in [p * 1, p * 0.1] }
        func turned(_ x: [Float], at p: Float, _ pairing: RotaryPairs) -> [Float] {
            Rotations(angles: angles(p), pairs: 2, pairing: pairing)(Tensor(rows: 1, columns: 4, x), headSize: 4)
                .elements
        }
        func dot(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).map(*).reduce(0, +) }
        let (q, k): ([Float], [Float]) = ([1, 2, 3, 4], [-2, 1, 0.5, 3])
        for pairing in [RotaryPairs.neighbours, .halves] {
            let near = dot(turned(q, at: 5, pairing), turned(k, at: 3, pairing))
            let far = dot(turned(q, at: 105, pairing), turned(k, at: 103, pairing))
            #expect(abs(near - far) < 1e-4)
            #expect(abs(dot(turned(q, at: 7, pairing), turned(q, at: 7, pairing)) - dot(q, q)) < 1e-4)
        }
        #expect(turned([1, 0, 0, 0], at: 1, .neighbours)[1] > 0.8)  // turned into its neighbour
        #expect(turned([1, 0, 0, 0], at: 1, .halves)[2] > 0.8)  // turned into the other half
    }

    @Test func `tensors give their memory back for the next ones`() {
        let first = unsafe Tensor(rows: 9, columns: 999).pointer
        let second = unsafe (0..<100).map { _ in unsafe Tensor(rows: 9, columns: 999).pointer }
        #expect(unsafe Set(second + [first]).count < 20)  // other tests take and give, too
    }

    @Test func `GELU and layer norm are the textbook's`() {
        expectClose(gelu(Tensor(rows: 1, columns: 3, [-1, 0, 2])).elements, [-0.15865526, 0, 1.9544997], within: 1e-6)
        let normed = LayerNorm(weight: [1, 1, 2], bias: [0, 0, 1], epsilon: 0)(Tensor(rows: 1, columns: 3, [1, 2, 3]))
        expectClose(normed.elements, [-1.2247449, 0, 3.4494898], within: 1e-6)
    }
}

/// How often an index was met.
private final class Tally: Sendable {
    private let value = Atomic(0)
    var count: Int { value.load(ordering: .relaxed) }
    func add() { value.add(1, ordering: .relaxed) }
}
