/// The pictures that a decoder keeps for others to lean on (ITU-T H.264, 8.2.4 and 8.2.5).
struct H264ReferenceBuffer {
    private struct Reference: Equatable {
        let packet: Int
        let frameNumber: Int
        let order: Int?  // nil for a picture that was passed over
    }

    private var kept: [Reference] = []
    private var last: (frameNumber: Int, order: Int)?

    /// Goes past one picture, and returns the packets in the lists of its slices, if asked; nil where they cannot be told.
    ///
    /// A picture that is passed over leaves a gap in the frame numbers, which libavcodec fills with a picture that
    /// has the number and nothing else, and for which the oldest goes.
    mutating func add(_ slices: [H264.SliceHeader], packet: Int, isPassed: Bool, isListed: Bool) -> [[Int]]? {
        guard let first = slices.first, first.isFirst, !slices.dropFirst().contains(where: \.isFirst) else {
            return nil
        }
        let modulus = 1 << first.sequence.frameNumberBits
        if first.isIDR {
            kept = []
            last = (0, 0)
        }
        guard let last else { return nil }  // began in the middle of things
        guard first.isIDR || first.frameNumber == (last.frameNumber + 1) % modulus else { return nil }
        let count = Self.order(first, after: last.order)
        let order = min(count, count + first.bottomOrder)
        var all: [[Int]] = []
        if isListed {
            for slice in slices {
                guard let lists = lists(of: slice, order: order) else { return nil }
                all += lists
            }
        }
        guard first.isReference else { return all }
        for distance in isPassed ? [] : first.forgets ?? [] {
            kept.removeAll { $0.frameNumber == (first.frameNumber - distance + modulus) % modulus }
        }
        while kept.count >= first.sequence.references {
            let oldest = kept.min { wrapped($0, first) < wrapped($1, first) }
            kept.removeAll { $0 == oldest }
        }
        kept.append(Reference(packet: packet, frameNumber: first.frameNumber, order: isPassed ? nil : order))
        self.last = (first.frameNumber, isPassed ? last.order : count)
        return all
    }

    /// The picture order count (8.2.1.1), whose upper half is not sent.
    private static func order(_ header: H264.SliceHeader, after previous: Int) -> Int {
        let modulus = 1 << header.sequence.orderBits
        let low = previous & (modulus - 1)
        var high = previous - low
        if header.order < low && low - header.order >= modulus / 2 { high += modulus }
        if header.order > low && header.order - low > modulus / 2 { high -= modulus }
        return header.isIDR ? header.order : high + header.order
    }

    /// A frame number on a line that does not wrap: those above the current one are from the round before.
    private func wrapped(_ reference: Reference, _ header: H264.SliceHeader) -> Int {
        reference.frameNumber > header.frameNumber
            ? reference.frameNumber - 1 << header.sequence.frameNumberBits : reference.frameNumber
    }

    /// The packets in a slice's lists of references (8.2.4.2 and 8.2.4.3); nil where one is named that is not there.
    private func lists(of header: H264.SliceHeader, order: Int) -> [[Int]]? {
        var lists: [[Reference]]
        switch header.kind {
        case .i: return []
        case .p: lists = [kept.sorted { wrapped($0, header) > wrapped($1, header) }]
        case .b:
            let timed = kept.compactMap { kept in kept.order.map { (order: $0, kept: kept) } }
            guard timed.count == kept.count else { return nil }
            let past = timed.filter { $0.order <= order }.sorted { $0.order > $1.order }.map(\.kept)
            let future = timed.filter { $0.order > order }.sorted { $0.order < $1.order }.map(\.kept)
            lists = [past + future, future + past]
            if lists[1].count > 1 && lists[0] == lists[1] { lists[1].swapAt(0, 1) }
        }
        var packets: [[Int]] = []
        for (list, initial) in lists.enumerated() {
            var ordered = initial
            var predicted = header.frameNumber
            for (place, move) in header.moves[list].enumerated() {
                let modulus = 1 << header.sequence.frameNumberBits
                predicted = ((predicted + (move.isBack ? -move.distance : move.distance)) % modulus + modulus) % modulus
                guard let named = kept.first(where: { $0.frameNumber == predicted }) else { return nil }
                ordered.insert(named, at: min(place, ordered.count))
                if let double = ordered.indices.first(where: { $0 > place && ordered[$0] == named }) {
                    ordered.remove(at: double)
                }
            }
            packets.append(ordered.prefix(header.active[list]).map(\.packet))
        }
        return packets
    }
}
