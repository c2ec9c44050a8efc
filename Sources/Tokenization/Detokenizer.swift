/// Turns tokens into text as they come, never half a character: any cut of the tokens gives the text of `Tokenizer.decode`.
package struct Detokenizer: Sendable {
    private let tokenizer: Tokenizer
    private let skipSpecial: Bool
    /// The beginning of a character whose other bytes are in tokens to come: three bytes at most.
    private var pending: [UInt8] = []

    package init(_ tokenizer: Tokenizer, skipSpecial: Bool) {
        self.tokenizer = tokenizer
        self.skipSpecial = skipSpecial
    }

    /// The text that this token completes: empty while a character is in the making.
    package mutating func append(_ id: Int) -> String {
        guard !(skipSpecial && tokenizer.isSpecial(id)) else { return "" }
        pending += tokenizer.bytes(of: id)
        let whole = pending.count - Self.unfinished(pending)
        defer { pending.removeFirst(whole) }
        return String(decoding: pending[..<whole], as: UTF8.self)
    }

    /// What is left, an unfinished character as U+FFFD; after it the next text may begin.
    package mutating func finish() -> String {
        defer { pending = [] }
        return String(decoding: pending, as: UTF8.self)
    }

    /// How many bytes at the end begin a character that further bytes could finish.
    private static func unfinished(_ bytes: [UInt8]) -> Int {
        for length in 1...3 where length <= bytes.count {
            let tail = bytes.suffix(length)
            guard let lead = tail.first, lead & 0xC0 != 0x80 else { continue }
            return isBeginning(lead, tail.dropFirst()) ? length : 0
        }
        return 0
    }

    /// Whether a character may begin so and not yet be whole: table 3-7 of the Unicode standard.
    private static func isBeginning(_ lead: UInt8, _ rest: ArraySlice<UInt8>) -> Bool {
        let (length, second): (Int, ClosedRange<UInt8>) =
            switch lead {
            case 0xC2...0xDF: (2, 0x80...0xBF)
            case 0xE0: (3, 0xA0...0xBF)
            case 0xED: (3, 0x80...0x9F)
            case 0xE1...0xEF: (3, 0x80...0xBF)
            case 0xF0: (4, 0x90...0xBF)
            case 0xF1...0xF3: (4, 0x80...0xBF)
            case 0xF4: (4, 0x80...0x8F)
            default: (1, 0x80...0xBF)
            }
        return rest.count + 1 < length && rest.first.map(second.contains) ?? true
    }
}
