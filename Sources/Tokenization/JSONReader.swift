/// Reads JSON in place, one value at a time, without ever holding the whole as objects.
///
/// Foundation's decoders take 0.9 s (`JSONDecoder`) or 0.4 s (`JSONSerialization`) for half of a 9B's tokenizer, let a key
/// that comes twice pass, and spend gigabytes on a hostile file of a hundred. This reader spends what its caller keeps.
struct JSONReader {
    static let maximumDepth = 64

    let bytes: [UInt8]
    private(set) var position: Int

    /// Begins at the first byte of what must be UTF-8 throughout.
    init(_ bytes: [UInt8]) throws(TokenizerError) {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .malformed(byte: 0, expected: "UTF-8 text") }
        self.bytes = bytes
        position = 0
    }

    /// The byte at the reading position, or 0 at the end, which is a byte that JSON never has outside strings.
    private var current: UInt8 { position < bytes.count ? bytes[position] : 0 }

    /// The byte that begins the next value.
    mutating func peek() -> UInt8 {
        while current == UInt8(ascii: " ") || current == UInt8(ascii: "\n") || current == UInt8(ascii: "\r")
            || current == UInt8(ascii: "\t")
        { position += 1 }
        return current
    }

    func malformed(_ expected: String) -> TokenizerError { .malformed(byte: position, expected: expected) }

    mutating func move(to position: Int) { self.position = position }

    private mutating func take(_ byte: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: byte) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ byte: Unicode.Scalar) throws(TokenizerError) {
        guard take(byte) else { throw malformed("'\(byte)'") }
    }

    /// Nothing but white space may follow the outermost value.
    mutating func end() throws(TokenizerError) {
        guard peek() == 0, position == bytes.count else { throw malformed("the end of the file") }
    }

    // MARK: - Composites

    /// Reads an object; `member` is called before each value and must read it.
    mutating func object(
        _ member: (inout JSONReader, _ key: [UInt8]) throws(TokenizerError) -> Void
    ) throws(TokenizerError) {
        var key: [UInt8] = []
        try expect("{")
        guard !take("}") else { return }
        repeat {
            try string(into: &key)
            try expect(":")
            try member(&self, key)
        } while take(",")
        try expect("}")
    }

    /// Reads an array; `element` is called before each value and must read it.
    mutating func array(_ element: (inout JSONReader) throws(TokenizerError) -> Void) throws(TokenizerError) {
        try expect("[")
        guard !take("]") else { return }
        repeat { try element(&self) } while take(",")
        try expect("]")
    }

    /// Reads an array of two strings.
    mutating func pair(_ first: inout [UInt8], _ second: inout [UInt8]) throws(TokenizerError) {
        try expect("[")
        try string(into: &first)
        try expect(",")
        try string(into: &second)
        try expect("]")
    }

    /// Reads past a value of any kind.
    mutating func skip(depth: Int = 0) throws(TokenizerError) {
        guard depth < Self.maximumDepth else { throw malformed("at most \(Self.maximumDepth) levels of nesting") }
        switch peek() {
        case UInt8(ascii: "{"):
            try object { reader, _ throws(TokenizerError) in try reader.skip(depth: depth + 1) }
        case UInt8(ascii: "["):
            try array { reader throws(TokenizerError) in try reader.skip(depth: depth + 1) }
        case UInt8(ascii: "\""):
            var ignored: [UInt8] = []
            try string(into: &ignored)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try number()
        default:
            guard literal("null") || literal("true") || literal("false") else { throw malformed("a JSON value") }
        }
    }

    // MARK: - Scalars

    /// Reads `word` if it comes next.
    mutating func literal(_ word: StaticString) -> Bool {
        _ = peek()
        let text = word.description.utf8
        guard bytes[position...].starts(with: text) else { return false }
        position += text.count
        return true
    }

    mutating func boolean() throws(TokenizerError) -> Bool {
        if literal("true") { return true }
        guard literal("false") else { throw malformed("true or false") }
        return false
    }

    /// Reads an integer that fits `Int`; a fraction or an exponent is refused.
    mutating func integer() throws(TokenizerError) -> Int {
        _ = peek()
        let start = position
        guard let value = Int(try numeral()) else {
            position = start
            throw malformed("an integer")
        }
        return value
    }

    /// Reads any number, as it is written.
    mutating func numeral() throws(TokenizerError) -> String {
        _ = peek()
        let start = position
        try number()
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func number() throws(TokenizerError) {
        if current == UInt8(ascii: "-") { position += 1 }
        try digits()
        if current == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if current | 0x20 == UInt8(ascii: "e") {
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
    }

    private mutating func digits() throws(TokenizerError) {
        let start = position
        while (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(current) { position += 1 }
        guard position > start else { throw malformed("a number") }
    }
}
