extension JSONReader {
    /// Reads a string into `text`, as UTF-8 with its escapes undone.
    mutating func string(into text: inout [UInt8]) throws(TokenizerError) {
        text.removeAll(keepingCapacity: true)
        guard peek() == UInt8(ascii: "\"") else { throw malformed("a string") }
        let start = position
        var position = position + 1
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                move(to: position)
                return
            case UInt8(ascii: "\\"):
                guard let scalar = escape(at: &position) else {
                    move(to: position)
                    throw malformed("an escape that stands for a character")
                }
                text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            case 0..<0x20:
                move(to: position - 1)
                throw malformed("no control character in a string")
            default:
                text.append(byte)
            }
        }
        move(to: start)
        throw malformed("a string that ends")
    }

    /// The scalar of the escape whose backslash is before `position`, or nil where there is none.
    private func escape(at position: inout Int) -> Unicode.Scalar? {
        guard position < bytes.count else { return nil }
        let letter = bytes[position]
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            guard let unit = codeUnit(at: &position) else { return nil }
            guard UTF16.isLeadSurrogate(unit) else { return Unicode.Scalar(unit) }
            guard bytes[position...].starts(with: "\\u".utf8) else { return nil }
            position += 2
            guard let trail = codeUnit(at: &position), UTF16.isTrailSurrogate(trail) else { return nil }
            return Unicode.Scalar(0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(trail & 0x3FF)))
        default: return nil
        }
    }

    /// Four hexadecimal digits.
    private func codeUnit(at position: inout Int) -> UInt16? {
        guard bytes.count - position >= 4 else { return nil }
        var unit: UInt16 = 0
        for byte in bytes[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            unit = unit << 4 | UInt16(digit)
        }
        position += 4
        return unit
    }
}
