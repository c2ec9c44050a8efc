/// The merges of a byte-pair encoding: which two neighbours become one token, and which pair goes first.
struct BytePairs: Sendable {
    /// Below this many bytes a word is merged by looking at all its pairs each time: quicker than keeping a queue.
    static let shortWord = 48

    /// The token of each byte.
    let bytes: [UInt32]
    /// The rank of a pair, left token in the upper half: the lower goes first.
    private var ranks: [UInt64: UInt32] = [:]
    /// The token that each rank makes.
    private var merged: [UInt32] = []

    init(bytes: [UInt32]) {
        precondition(bytes.count == 256, "\(bytes.count) tokens for 256 bytes")
        self.bytes = bytes
    }

    /// Adds the merge that goes last. Of two that are the same the later counts, as in `tokenizers`.
    mutating func append(_ left: UInt32, _ right: UInt32, making token: UInt32) {
        ranks[Self.pair(left, right)] = UInt32(merged.count)
        merged.append(token)
    }

    private static func pair(_ left: UInt32, _ right: UInt32) -> UInt64 { UInt64(left) << 32 | UInt64(right) }

    private func rank(_ left: UInt32, _ right: UInt32) -> UInt32 { ranks[Self.pair(left, right)] ?? .max }

    /// Appends the tokens of one word.
    func encode(_ word: ArraySlice<UInt8>, into tokens: inout [Int]) {
        if word.count <= Self.shortWord {
            encodeShort(word, into: &tokens)
        } else {
            encodeLong(word, into: &tokens)
        }
    }

    /// Merges the best pair until none is left: O(n²), for small n.
    func encodeShort(_ word: ArraySlice<UInt8>, into tokens: inout [Int]) {
        var symbols = word.map { bytes[Int($0)] }
        var ranks = zip(symbols, symbols.dropFirst()).map { rank($0, $1) }
        while let best = ranks.indices.min(by: { ranks[$0] < ranks[$1] }), ranks[best] != .max {
            symbols[best] = merged[Int(ranks[best])]
            symbols.remove(at: best + 1)
            ranks.remove(at: best)
            if best < ranks.count { ranks[best] = rank(symbols[best], symbols[best + 1]) }
            if best > 0 { ranks[best - 1] = rank(symbols[best - 1], symbols[best]) }
        }
        tokens.append(contentsOf: symbols.lazy.map(Int.init))
    }

    /// The same with a list of neighbours and a queue of pairs: O(n log n).
    ///
    /// A pair whose neighbours have changed stays in the queue and is passed over when its turn comes, for its rank is no
    /// longer the one at its place.
    func encodeLong(_ word: ArraySlice<UInt8>, into tokens: inout [Int]) {
        var symbols = word.map { bytes[Int($0)] }
        let count = symbols.count
        var next = Array(1...count)
        var previous = Array(-1..<count - 1)
        var ranks = zip(symbols, symbols.dropFirst()).map { rank($0, $1) } + [.max]
        var queue = PairQueue(ranks)

        func update(_ place: Int) {
            ranks[place] = next[place] < count ? rank(symbols[place], symbols[next[place]]) : .max
            queue.insert(ranks[place], at: place)
        }
        while let (best, place) = queue.removeFirst() {
            guard ranks[place] == best else { continue }
            let right = next[place]
            symbols[place] = merged[Int(best)]
            ranks[right] = .max
            next[place] = next[right]
            if next[place] < count { previous[next[place]] = place }
            update(place)
            if previous[place] >= 0 { update(previous[place]) }
        }
        var place = 0
        while place < count {
            tokens.append(Int(symbols[place]))
            place = next[place]
        }
    }
}
