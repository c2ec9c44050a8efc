/// The kinds of file that are let in, told by their first bytes.
///
/// Each names the one reader that will see the file, so that a playlist or a text never reaches a demuxer,
/// whatever its name says. Pictures have no demuxer at all: the file is the picture.
enum Container: Equatable {
    case mov, matroska, avi, mpegts, gif
    case png, jpeg, webp, animatedWebP

    /// Bytes to look at: three packets of a transport stream with time codes.
    static let headLength = 2 * 192 + 5

    init?(head: [UInt8]) {
        func has(_ magic: StaticString, at offset: Int = 0) -> Bool {
            let magic = Array(magic.description.utf8)
            return head.count >= offset + magic.count && head[offset..<offset + magic.count].elementsEqual(magic)
        }
        func has(bytes: [UInt8]) -> Bool { head.starts(with: bytes) }
        func syncs(every size: Int, from start: Int) -> Bool {
            stride(from: start, to: Self.headLength, by: size).prefix(3).allSatisfy {
                $0 < head.count && head[$0] == 0x47
            }
        }
        if ["ftyp", "moov", "mdat", "free", "skip", "wide", "styp", "moof", "pnot"].contains(where: { has($0, at: 4) })
        {
            self = .mov
        } else if has(bytes: [0x1A, 0x45, 0xDF, 0xA3]) {
            self = .matroska
        } else if has("RIFF") && has("AVI ", at: 8) {
            self = .avi
        } else if has("RIFF") && has("WEBP", at: 8) {
            let isAnimated = has("VP8X", at: 12) && head.count > 20 && head[20] & 0x02 != 0
            self = isAnimated ? .animatedWebP : .webp
        } else if has("GIF87a") || has("GIF89a") {
            self = .gif
        } else if has(bytes: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if has(bytes: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if syncs(every: 188, from: 0) || syncs(every: 192, from: 4) {
            self = .mpegts
        } else {
            return nil
        }
    }

    /// The one demuxer that may read this file, by libavformat's name; nil for a picture.
    var demuxer: String? {
        switch self {
        case .mov: "mov"
        case .matroska: "matroska"
        case .avi: "avi"
        case .mpegts: "mpegts"
        case .gif: "gif"
        case .png, .jpeg, .webp, .animatedWebP: nil
        }
    }
}
