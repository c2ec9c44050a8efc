/// The letters by which byte-level vocabularies spell the 256 bytes.
///
/// Printable Latin-1 stands for itself; the other 68 bytes are, in order, U+0100 and the letters after it, so that a space
/// is `Ġ` and a newline `Ċ`. Source: GPT-2's `bytes_to_unicode`, `ByteLevel` in PyPI's `tokenizers`.
enum ByteAlphabet {
    /// The byte of each letter up to U+0143, or nil.
    private static let bytes: [UInt8?] = {
        var bytes = [UInt8?](repeating: nil, count: 0x144)
        var next = 0x100
        for byte in UInt8.min...UInt8.max {
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF:
                bytes[Int(byte)] = byte
            default:
                bytes[next] = byte
                next += 1
            }
        }
        return bytes
    }()

    /// The bytes that a token spells, or the token itself where one of its letters is not of the alphabet.
    static func decode(_ token: [UInt8]) -> [UInt8] { spelled(token) ?? token }

    /// The bytes that a token spells, or nil where one of its letters is not of the alphabet.
    static func spelled(_ token: [UInt8]) -> [UInt8]? {
        var spelled: [UInt8] = []
        spelled.reserveCapacity(token.count)
        var i = 0
        while i < token.count {
            var letter = Int(token[i])
            if letter >= 0x80 {  // every letter of the alphabet is below U+0800: two bytes at most
                guard letter & 0xE0 == 0xC0, i + 1 < token.count else { return nil }
                i += 1
                letter = (letter & 0x1F) << 6 | Int(token[i] & 0x3F)
            }
            guard letter < bytes.count, let byte = bytes[letter] else { return nil }
            spelled.append(byte)
            i += 1
        }
        return spelled
    }
}
