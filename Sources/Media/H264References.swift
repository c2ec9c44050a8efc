/// Follows the headers of a run of H.264 packets, to learn which pictures the wanted ones lean on.
///
/// A B-frame that others may lean on is often leaned on by its neighbours alone: the next key of the chain does without
/// it. libavcodec cannot know that without looking ahead. We can, by keeping the list of reference pictures as
/// a decoder does, and so pass over what the wanted frames never touch.
struct H264References {
    private struct Picture {
        let packet: Int
        let slices: [H264.SliceHeader]
        let lists: [[Int]]  // of packets, two a slice

        /// A B-frame for later ones to lean on: what libavcodec can be told to leave out.
        var isPassable: Bool { slices[0].isReference && slices.allSatisfy { $0.kind == .b } }
        var hasBSlices: Bool { slices.contains { $0.kind == .b } }
    }

    private var sequences: [Int: H264.SequenceParameters] = [:]
    private var pictureParameters: [Int: H264.PictureParameters] = [:]
    private let lengthBytes: Int?  // of the number before each unit; nil where start codes part them
    private var buffer = H264ReferenceBuffer()
    private var pictures: [Picture] = []

    /// Reads the parameter sets that a container keeps outside the packets.
    init?(extradata bytes: [UInt8]) {
        guard bytes.count > 6, bytes[0] == 1 else {
            lengthBytes = nil
            for unit in Self.units(bytes, lengthBytes: nil) { readParameters(unit) }
            return
        }
        lengthBytes = Int(bytes[4] & 3) + 1
        var offset = 5
        for mask in [UInt8(0x1F), 0xFF] {
            guard offset < bytes.count else { return nil }
            let count = bytes[offset] & mask
            offset += 1
            for _ in 0..<count {
                guard offset + 2 <= bytes.count else { return nil }
                let end = offset + 2 + Int(bytes[offset]) << 8 + Int(bytes[offset + 1])
                guard end <= bytes.count else { return nil }
                readParameters(bytes[(offset + 2)..<end])
                offset = end
            }
        }
    }

    /// The packets that can be left out when only these are wanted; none where that would change what is seen.
    func passable(wanted: Set<Int>) -> Set<Int> {
        let lists = Dictionary(pictures.map { ($0.packet, $0.lists) }, uniquingKeysWith: { $1 })
        var needed: Set<Int> = []
        var next = Array(wanted)
        while let packet = next.popLast() {
            guard needed.insert(packet).inserted else { continue }
            next += (lists[packet] ?? []).joined()
        }
        // A B-frame's lists are sorted by times, which a picture that was left out has not: none may be left
        // in the buffer by then, whose pictures are the last few that were for reference.
        var kept = needed
        let references = pictures.indices.filter { pictures[$0].slices[0].isReference }
        for i in pictures.indices where needed.contains(pictures[i].packet) && pictures[i].hasBSlices {
            let before = references.partitioningIndex { $0 >= i }
            let size = pictures[i].slices[0].sequence.references
            for j in references[max(0, before - size)..<before] { kept.insert(pictures[j].packet) }
        }
        let passed = Set(pictures.filter { $0.isPassable && !kept.contains($0.packet) }.map(\.packet))
        return isSound(passing: passed, needed: needed) ? passed : []
    }

    /// Whether the needed pictures find the same references when the passed ones leave only a gap in the numbers.
    private func isSound(passing passed: Set<Int>, needed: Set<Int>) -> Bool {
        var buffer = H264ReferenceBuffer()
        for picture in pictures {
            let isPassed = passed.contains(picture.packet)
            let isNeeded = needed.contains(picture.packet)
            let lists = buffer.add(picture.slices, packet: picture.packet, isPassed: isPassed, isListed: isNeeded)
            guard let lists, !isNeeded || lists == picture.lists else { return false }
        }
        return true
    }

    /// Reads one packet; false where it holds what we do not follow.
    mutating func read(_ bytes: [UInt8], packet: Int) -> Bool {
        var headers: [H264.SliceHeader] = []
        for unit in Self.units(bytes, lengthBytes: lengthBytes) {
            guard let first = unit.first else { continue }
            switch first & 0x1F {
            case 7, 8:
                readParameters(unit)
            case 1, 5:
                var bits = BitReader(unit: unit.dropFirst().prefix(600))  // the header is far shorter
                let header = H264.SliceHeader(
                    &bits,
                    type: Int(first & 0x1F),
                    referenceRank: Int(first >> 5 & 3),
                    pictureParameters,
                    sequences
                )
                guard let header else { return false }
                headers.append(header)
            case 2, 3, 4: return false  // partitioned data
            default: break
            }
        }
        guard let lists = buffer.add(headers, packet: packet, isPassed: false, isListed: true) else { return false }
        pictures.append(Picture(packet: packet, slices: headers, lists: lists))
        return true
    }

    private mutating func readParameters(_ unit: ArraySlice<UInt8>) {
        guard let first = unit.first else { return }
        var bits = BitReader(unit: unit.dropFirst())
        switch first & 0x1F {
        case 7: if let (id, sps) = H264.SequenceParameters.parse(&bits) { sequences[id] = sps }
        case 8: if let (id, pps) = H264.PictureParameters.parse(&bits) { pictureParameters[id] = pps }
        default: break
        }
    }

    /// The units of a packet, without what parts them.
    private static func units(_ bytes: [UInt8], lengthBytes: Int?) -> [ArraySlice<UInt8>] {
        var units: [ArraySlice<UInt8>] = []
        var offset = 0
        if let lengthBytes {
            while offset + lengthBytes <= bytes.count {
                let length = bytes[offset..<offset + lengthBytes].reduce(0) { $0 << 8 | Int($1) }
                offset += lengthBytes
                guard length <= bytes.count - offset else { break }
                units.append(bytes[offset..<offset + length])
                offset += length
            }
            return units
        }
        var start: Int?
        while offset + 3 <= bytes.count {
            if bytes[offset] == 0 && bytes[offset + 1] == 0 && bytes[offset + 2] == 1 {
                if let start { units.append(bytes[start..<offset]) }
                start = offset + 3
                offset += 3
            } else {
                offset += 1
            }
        }
        if let start { units.append(bytes[start...]) }
        return units
    }
}
