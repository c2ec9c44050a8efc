/// Places of a word, the lowest rank first and of equal ranks the leftmost: a binary heap.
struct PairQueue {
    /// Rank in the upper 24 bits, place in the lower 40, so that one comparison orders both.
    private var heap: [UInt64]
    private static let placeBits: UInt64 = 40

    /// The places of all ranks but `.max`, which stands for no pair.
    init(_ ranks: [UInt32]) {
        heap = ranks.enumerated().compactMap { place, rank in rank == .max ? nil : Self.key(rank, place) }
        for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(from: index) }
    }

    private static func key(_ rank: UInt32, _ place: Int) -> UInt64 {
        precondition(rank < 1 << 24 && place < 1 << placeBits, "rank \(rank) at place \(place) has no key")
        return UInt64(rank) << placeBits | UInt64(place)
    }

    mutating func insert(_ rank: UInt32, at place: Int) {
        guard rank != .max else { return }
        let key = Self.key(rank, place)
        var index = heap.count
        heap.append(key)
        while index > 0, heap[(index - 1) / 2] > key {
            heap[index] = heap[(index - 1) / 2]
            index = (index - 1) / 2
        }
        heap[index] = key
    }

    mutating func removeFirst() -> (rank: UInt32, place: Int)? {
        guard let last = heap.popLast() else { return nil }
        var first = last
        if !heap.isEmpty {
            first = heap[0]
            heap[0] = last
            sink(from: 0)
        }
        return (UInt32(first >> Self.placeBits), Int(first & (1 << Self.placeBits - 1)))
    }

    private mutating func sink(from start: Int) {
        let key = heap[start]
        var index = start
        while 2 * index + 1 < heap.count {
            var child = 2 * index + 1
            if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
            guard heap[child] < key else { break }
            heap[index] = heap[child]
            index = child
        }
        heap[index] = key
    }
}
