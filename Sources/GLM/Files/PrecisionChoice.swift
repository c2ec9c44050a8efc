import Weights

/// Which precision a model is loaded in, by the memory that there is.
package struct PrecisionChoice {
    /// What the model needs at each precision it can be had in, the most exact first.
    private let needs: [(precision: Precision, bytes: Int, weights: Int)]
    private let available: Int

    /// Below this, weights read as they are cost little time, and nothing is gained by packing them.
    private static let smallWeights = 2 << 30

    /// `available` bytes of memory, for the weights and for a conversation of `tokens`.
    package init(_ files: ModelFiles, tokens: Int, available: Int) {
        let work = files.workBytes(tokens: tokens)
        self.init(weights: files.precisions.map { ($0, files.weightBytes(at: $0)) }, work: work, available: available)
    }

    init(weights: [(precision: Precision, bytes: Int)], work: Int, available: Int) {
        needs = weights.map { ($0.precision, $0.bytes + work, $0.bytes) }
        self.available = available
    }

    /// The most exact that fits and that is not slow for nothing: large weights are taken in 8 bits before they are taken as
    /// they are, since a token waits for every byte of them.
    package func best() throws(MemoryError) -> Precision {
        let isSlow = { (precision: Precision, weights: Int) in precision == .f32 && weights > Self.smallWeights }
        let order =
            needs.filter { !isSlow($0.precision, $0.weights) } + needs.filter { isSlow($0.precision, $0.weights) }
        if let fitting = order.first(where: { $0.bytes <= available }) { return fitting.precision }
        guard let least = needs.min(by: { $0.bytes < $1.bytes }) else { return .f32 }
        throw MemoryError(precision: least.precision, needed: least.bytes, available: available, other: nil)
    }

    /// Throws if the model does not fit, and says at which precision it would.
    package func check(_ precision: Precision) throws(MemoryError) {
        guard let need = needs.first(where: { $0.precision == precision }), need.bytes > available else { return }
        let other = needs.first { $0.bytes <= available } ?? needs.min { $0.bytes < $1.bytes }
        throw MemoryError(
            precision: precision,
            needed: need.bytes,
            available: available,
            other: other.flatMap { $0.bytes < need.bytes ? ($0.precision, $0.bytes) : nil }
        )
    }
}

/// A model that does not fit into memory.
package struct MemoryError: Error, CustomStringConvertible {
    package let precision: Precision
    let needed, available: Int
    /// The most exact that would fit, or else the smallest.
    package let other: (precision: Precision, bytes: Int)?

    package var description: String {
        let needs =
            "the model needs \(gigabytes(needed)) of memory in \(precision.rawValue) and \(gigabytes(available)) are free"
        let free = "close other programs, or take a machine with more"
        guard let other else { return "\(needs), and it has no smaller form: \(free)" }
        let smaller = "--precision \(other.precision.rawValue) needs \(gigabytes(other.bytes))"
        return other.bytes <= available ? "\(needs): \(smaller)" : "\(needs), and \(smaller): \(free)"
    }
}
