import Weights

/// Which precision a model is loaded in, by the memory that there is.
package struct PrecisionChoice {
    /// What the model needs at each precision it can be had in, the most exact first.
    private let needs: [Need]
    private let available: Int

    private struct Need {
        let precision: Precision
        let bytes, weights, least: Int
        let isPacked, hasRoom: Bool
    }

    /// Below this, weights read as they are cost little time, and nothing is gained by packing them.
    private static let smallWeights = 2 << 30

    /// `available` bytes of memory, for the weights and for a conversation of `tokens`.
    package init(_ files: ModelFiles, tokens: Int, available: Int) {
        let weights = files.precisions.map { ($0, files.weightBytes(at: $0)) }
        self.init(
            weights: weights,
            packed: files.precisions.filter(files.isPacked),
            crowded: files.precisions.filter { !files.hasRoom(for: $0) },
            available: available,
            fixed: { files.workBytes(tokens: 0, at: $0) },
            work: { files.workBytes(tokens: tokens, at: $0) }
        )
    }

    /// `packed` are there already, and for what is `crowded` the disk has no room. `fixed` is the part of the `work` that no
    /// shorter conversation saves.
    init(
        weights: [(precision: Precision, bytes: Int)],
        packed: [Precision] = [],
        crowded: [Precision] = [],
        available: Int,
        fixed: (Precision) -> Int = { _ in 0 },
        work: (Precision) -> Int
    ) {
        needs = weights.map { precision, bytes in
            Need(
                precision: precision,
                bytes: bytes + work(precision),
                weights: bytes,
                least: bytes + fixed(precision),
                isPacked: packed.contains(precision),
                hasRoom: !crowded.contains(precision)
            )
        }
        self.available = available
    }

    /// The most exact that fits and that is not slow for nothing: large weights are taken packed before they are taken as they
    /// are, since a token waits for every byte of them, and as they are packed already before they are packed anew. What the
    /// disk has no room for is the last choice.
    package func best() throws(MemoryError) -> Precision {
        func rank(_ need: Need) -> Int {
            need.precision == .f32 ? (need.weights > Self.smallWeights ? 3 : 0) : need.isPacked ? 1 : 2
        }
        let order = (0...3).flatMap { wanted in needs.filter { rank($0) == wanted } }
        let fitting = order.filter { $0.bytes <= available }
        if let best = fitting.first(where: \.hasRoom) ?? fitting.first { return best.precision }
        guard let smallest = needs.min(by: { $0.bytes < $1.bytes }) else { return .f32 }
        throw MemoryError(
            precision: smallest.precision,
            needed: smallest.bytes,
            least: smallest.least,
            available: available,
            other: nil
        )
    }

    /// Throws if the model does not fit, and says at which precision it would.
    package func check(_ precision: Precision) throws(MemoryError) {
        guard let need = needs.first(where: { $0.precision == precision }), need.bytes > available else { return }
        let other = needs.first { $0.bytes <= available } ?? needs.min { $0.bytes < $1.bytes }
        throw MemoryError(
            precision: precision,
            needed: need.bytes,
            least: need.least,
            available: available,
            other: other.flatMap { $0.bytes < need.bytes ? ($0.precision, $0.bytes) : nil }
        )
    }
}

/// A model that does not fit into memory.
package struct MemoryError: Error, CustomStringConvertible {
    package let precision: Precision
    /// `least` is the part of `needed` that no shorter conversation saves.
    let needed, least, available: Int
    /// The most exact that would fit, or else the smallest.
    package let other: (precision: Precision, bytes: Int)?

    package var description: String {
        let needs =
            "the model needs \(gigabytes(needed)) of memory in \(precision.rawValue) and \(gigabytes(available)) are free"
        let fewer = least <= available ? " let it have fewer tokens," : ""
        let free = "close other programs,\(fewer) or take a machine with more"
        guard let other else { return "\(needs), and it has no smaller form: \(free)" }
        let smaller = "--precision \(other.precision.rawValue) needs \(gigabytes(other.bytes))"
        return other.bytes <= available ? "\(needs): \(smaller)" : "\(needs), and \(smaller): \(free)"
    }
}
