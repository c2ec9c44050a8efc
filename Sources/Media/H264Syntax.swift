/// The few fields of H.264's headers that tell which pictures a picture leans on (ITU-T H.264, 7.3).
///
/// Only what nearly every file is: frames not fields, picture order type 0, one slice group. All else reads as nil.
enum H264 {
    struct SequenceParameters {
        var chroma = 1
        var frameNumberBits = 4, orderBits = 4
        var references = 1
    }

    struct PictureParameters {
        var sequence = 0
        var hasBottomOrder = false
        var activeReferences = [1, 1]
        var weighsP = false, weighsB = false
    }

    struct SliceHeader {
        enum Kind { case p, b, i }
        /// One step of reordering a list: the picture so many numbers before (or after) the last one named.
        struct Move { let isBack: Bool, distance: Int }

        var kind = Kind.i
        var isFirst = false, isIDR = false, isReference = false
        var frameNumber = 0, order = 0, bottomOrder = 0
        var active = [0, 0]
        var moves: [[Move]] = [[], []]
        /// Pictures to forget, as distances back; nil when the oldest goes by itself.
        var forgets: [Int]?
        var sequence = SequenceParameters()
    }
}

extension H264.SequenceParameters {
    private static let profilesWithChroma: Set<Int> = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]

    static func parse(_ bits: inout BitReader) -> (id: Int, parameters: Self)? {
        var sps = Self()
        let profile = bits.number(8)
        _ = bits.number(16)
        let id = bits.unsigned()
        if profilesWithChroma.contains(profile) {
            sps.chroma = bits.unsigned()
            guard sps.chroma <= 2 else { return nil }
            _ = (bits.unsigned(), bits.unsigned(), bits.flag())
            if bits.flag() {
                for list in 0..<8 where bits.flag() { bits.skipScalingList(list < 6 ? 16 : 64) }
            }
        }
        sps.frameNumberBits = bits.unsigned() + 4
        guard bits.unsigned() == 0 else { return nil }  // picture order type
        sps.orderBits = bits.unsigned() + 4
        sps.references = max(1, bits.unsigned())
        let hasGaps = bits.flag()
        _ = (bits.unsigned(), bits.unsigned())
        guard bits.flag(), !hasGaps, !bits.isSpent else { return nil }  // frames alone, no fields
        guard id < 32, sps.frameNumberBits <= 16, sps.orderBits <= 16, sps.references <= 16 else { return nil }
        return (id, sps)
    }
}

extension H264.PictureParameters {
    static func parse(_ bits: inout BitReader) -> (id: Int, parameters: Self)? {
        var pps = Self()
        let id = bits.unsigned()
        pps.sequence = bits.unsigned()
        _ = bits.flag()
        pps.hasBottomOrder = bits.flag()
        guard bits.unsigned() == 0 else { return nil }  // slice groups
        pps.activeReferences = [bits.unsigned() + 1, bits.unsigned() + 1]
        pps.weighsP = bits.flag()
        pps.weighsB = bits.number(2) == 1
        _ = (bits.signed(), bits.signed(), bits.signed())
        _ = (bits.flag(), bits.flag())
        let hasRedundantPictures = bits.flag()
        guard !hasRedundantPictures, !bits.isSpent, id < 256 else { return nil }
        return (id, pps)
    }
}

extension H264.SliceHeader {
    init?(
        _ bits: inout BitReader,
        type: Int,
        referenceRank: Int,
        _ pictures: [Int: H264.PictureParameters],
        _ sequences: [Int: H264.SequenceParameters]
    ) {
        isFirst = bits.unsigned() == 0
        switch bits.unsigned() % 5 {
        case 0: kind = .p
        case 1: kind = .b
        case 2: kind = .i
        default: return nil  // the switching slices of the extended profile
        }
        guard let pps = pictures[bits.unsigned()], let sps = sequences[pps.sequence] else { return nil }
        sequence = sps
        isIDR = type == 5
        isReference = referenceRank > 0
        frameNumber = bits.number(sps.frameNumberBits)
        if isIDR { _ = bits.unsigned() }
        order = bits.number(sps.orderBits)
        if pps.hasBottomOrder { bottomOrder = bits.signed() }
        if kind == .b { _ = bits.flag() }
        if kind != .i { guard readLists(&bits, pps) else { return nil } }
        if isReference { guard readMarking(&bits) else { return nil } }
        guard !bits.isSpent else { return nil }
    }

    private mutating func readLists(_ bits: inout BitReader, _ pps: H264.PictureParameters) -> Bool {
        let lists = kind == .b ? 2 : 1
        let isOverridden = bits.flag()
        for list in 0..<lists {
            active[list] = isOverridden ? bits.unsigned() + 1 : pps.activeReferences[list]
            guard active[list] <= 32 else { return false }
        }
        for list in 0..<lists where bits.flag() {
            while true {
                let operation = bits.unsigned()
                if operation == 3 { break }
                guard operation < 2, moves[list].count < 64, !bits.isSpent else { return false }
                moves[list].append(Move(isBack: operation == 0, distance: bits.unsigned() + 1))
            }
        }
        guard kind == .p ? pps.weighsP : pps.weighsB else { return true }
        _ = bits.unsigned()
        if sequence.chroma > 0 { _ = bits.unsigned() }
        for list in 0..<lists {
            for _ in 0..<active[list] {
                if bits.flag() { _ = (bits.signed(), bits.signed()) }
                if sequence.chroma > 0 && bits.flag() { for _ in 0..<4 { _ = bits.signed() } }
            }
        }
        return true
    }

    private mutating func readMarking(_ bits: inout BitReader) -> Bool {
        if isIDR {
            _ = bits.flag()
            return !bits.flag()  // else a long-term picture
        }
        guard bits.flag() else { return true }
        var distances: [Int] = []
        while true {
            let operation = bits.unsigned()
            if operation == 0 { break }
            guard operation == 1, distances.count < 64, !bits.isSpent else { return false }
            distances.append(bits.unsigned() + 1)
        }
        forgets = distances
        return true
    }
}

/// Bits from the most significant on, and the Exp-Golomb numbers of H.264 (9.1), over a unit's bytes.
///
/// Past the end all bits are 0 and `isSpent` is true: whoever asks it once at the end has asked for every read.
struct BitReader {
    private let bytes: [UInt8]
    private var position = 0

    /// Takes out the 3 that stands after two zeros lest they be read as a start code.
    init(unit: some Sequence<UInt8>) {
        var bytes: [UInt8] = []
        var zeros = 0
        for byte in unit {
            if zeros >= 2 && byte == 3 {
                zeros = 0
                continue
            }
            zeros = byte == 0 ? zeros + 1 : 0
            bytes.append(byte)
        }
        self.bytes = bytes
    }

    var isSpent: Bool { position > 8 * bytes.count }

    mutating func flag() -> Bool {
        defer { position += 1 }
        let byte = position / 8
        return byte < bytes.count && bytes[byte] >> (7 - position % 8) & 1 == 1
    }

    mutating func number(_ count: Int) -> Int {
        (0..<count).reduce(0) { value, _ in value << 1 | (flag() ? 1 : 0) }
    }

    mutating func unsigned() -> Int {
        var zeros = 0
        while !flag() {
            zeros += 1
            if zeros > 31 {
                position = 8 * bytes.count + 1
                return 0
            }
        }
        return (1 << zeros) - 1 + number(zeros)
    }

    mutating func signed() -> Int {
        let code = unsigned()
        return code % 2 == 1 ? (code + 1) / 2 : -code / 2
    }

    mutating func skipScalingList(_ count: Int) {
        var (last, next) = (8, 8)
        for _ in 0..<count {
            if next != 0 { next = (last + signed() + 256) & 255 }
            last = next == 0 ? last : next
        }
    }
}
