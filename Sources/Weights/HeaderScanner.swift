/// Reads the little JSON that a safetensors header or an index holds, byte by byte and strictly.
///
/// Foundation's parser would do, but it keeps one of two equal keys in silence, and builds a tree of a hostile header
/// before anybody can say stop. This one goes no deeper than its caller asks. And it wants keys in ASCII: Swift
/// compares strings by their normal form, and a thousand combining marks, read as a key, are minutes of sorting.
struct HeaderScanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Reads an object; `member` is called after each key and reads the value.
    mutating func object(
        keysOfAtMost longest: Int,
        _ member: (inout HeaderScanner, String) throws(HeaderFault) -> Void
    ) throws(HeaderFault) {
        try expect("{")
        if skip("}") { return }
        repeat {
            skipBlanks()
            let start = position + 1
            let key = try string(ofAtMost: longest)
            guard key.utf8.allSatisfy({ $0 < 0x80 }) else { throw fault("ASCII", at: start) }
            try expect(":")
            try member(&self, key)
        } while skip(",")
        try expect("}")
    }

    /// Reads an array of whole numbers.
    mutating func integers(atMost most: Int) throws(HeaderFault) -> [Int] {
        try expect("[")
        if skip("]") { return [] }
        var values: [Int] = []
        repeat {
            guard values.count < most else { throw .tooMany("numbers in one list", most: most) }
            values.append(try integer())
        } while skip(",")
        try expect("]")
        return values
    }

    /// Reads an array of exactly so many whole numbers.
    mutating func integers(exactly count: Int) throws(HeaderFault) -> [Int] {
        let values = try integers(atMost: count)
        guard values.count == count else { throw fault("number \(values.count + 1) of \(count)", at: position - 1) }
        return values
    }

    /// Reads a string of at most so many bytes, and undoes its escapes.
    mutating func string(ofAtMost longest: Int) throws(HeaderFault) -> String {
        try expect("\"")
        let start = position
        var text: [UInt8] = []
        while true {
            let run = position
            while position < bytes.count, isPlain(bytes[position]) { position += 1 }
            guard position - run <= longest - text.count else { throw .tooMany("bytes in one string", most: longest) }
            text.append(contentsOf: bytes[run..<position])
            guard let byte = next() else { throw fault("the end of a string") }
            if byte == UInt8(ascii: "\"") { break }
            guard byte == UInt8(ascii: "\\") else { throw fault("a character of a string", at: position - 1) }
            text.append(contentsOf: try escaped())
            guard text.count <= longest else { throw .tooMany("bytes in one string", most: longest) }
        }
        guard let string = String(validating: text, as: UTF8.self) else { throw fault("UTF-8", at: start) }
        return string
    }

    /// Reads any value and forgets it.
    mutating func ignored(nestedAtMost levels: Int, longest: Int) throws(HeaderFault) {
        skipBlanks()
        switch bytes.at(position).map(UnicodeScalar.init) {
        case "\""?: _ = try string(ofAtMost: longest)
        case "{"? where levels > 0:
            try object(keysOfAtMost: longest) { (scanner, _) throws(HeaderFault) in
                try scanner.ignored(nestedAtMost: levels - 1, longest: longest)
            }
        case "["? where levels > 0:
            try expect("[")
            if skip("]") { return }
            repeat { try ignored(nestedAtMost: levels - 1, longest: longest) } while skip(",")
            try expect("]")
        default:
            let start = position
            while let byte = bytes.at(position), isOfBareWord(byte) { position += 1 }
            guard position > start else { throw fault("a value") }
        }
    }

    /// Reads what may pad the text after its object, up to the end.
    mutating func end(_ isPadding: (UInt8) -> Bool) throws(HeaderFault) {
        while let byte = next() {
            guard isPadding(byte) else { throw fault("a space after the object", at: position - 1) }
        }
    }

    /// Reads a number that is a count: no sign, no fraction, no exponent, no leading zero.
    private mutating func integer() throws(HeaderFault) -> Int {
        skipBlanks()
        let start = position
        var value = 0
        while let digit = bytes.at(position).flatMap(decimal) {
            let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = product.addingReportingOverflow(digit)
            guard !tooLarge, !overflow else { throw fault("a number below 2^63", at: start) }
            value = sum
            position += 1
        }
        let digits = position - start
        guard digits == 1 || digits > 1 && bytes[start] != UInt8(ascii: "0") else {
            throw fault("a whole number", at: start)
        }
        return value
    }

    /// Reads what follows a backslash.
    private mutating func escaped() throws(HeaderFault) -> [UInt8] {
        let start = position - 1
        switch next().map(UnicodeScalar.init) {
        case "\""?: return [0x22]
        case "\\"?: return [0x5C]
        case "/"?: return [0x2F]
        case "b"?: return [0x08]
        case "f"?: return [0x0C]
        case "n"?: return [0x0A]
        case "r"?: return [0x0D]
        case "t"?: return [0x09]
        case "u"?:
            var units = [try codeUnit()]
            if UTF16.isLeadSurrogate(units[0]), next() == UInt8(ascii: "\\"), next() == UInt8(ascii: "u") {
                units.append(try codeUnit())
            }
            guard let text = String(validating: units, as: UTF16.self) else { throw fault("a character", at: start) }
            return Array(text.utf8)
        default: throw fault("an escape of JSON", at: start)
        }
    }

    /// Reads the four hexadecimal digits of a UTF-16 code unit.
    private mutating func codeUnit() throws(HeaderFault) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = next().flatMap(hexadecimal) else { throw fault("an escape of JSON", at: position - 1) }
            unit = unit << 4 | digit
        }
        return unit
    }

    private mutating func expect(_ character: UnicodeScalar) throws(HeaderFault) {
        guard skip(character) else { throw fault("\(character)") }
    }

    private mutating func skip(_ character: UnicodeScalar) -> Bool {
        skipBlanks()
        guard let byte = bytes.at(position), byte == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipBlanks() {
        // The format wants `{` as the very first byte, so no blank may come before it.
        while position > 0, bytes.at(position).map(isBlank) == true { position += 1 }
    }

    private mutating func next() -> UInt8? {
        guard let byte = bytes.at(position) else { return nil }
        position += 1
        return byte
    }

    private func fault(_ expected: String, at byte: Int? = nil) -> HeaderFault {
        .syntax(byte: byte ?? position, expected: expected)
    }
}

func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
}

/// Whether a byte in a string stands for itself.
private func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
}

/// Whether a byte may be part of a number, `true`, `false` or `null`.
private func isOfBareWord(_ byte: UInt8) -> Bool {
    switch UnicodeScalar(byte) {
    case "a"..."z", "0"..."9", "E", "+", "-", ".": true
    default: false
    }
}

private func decimal(_ byte: UInt8) -> Int? {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? Int(byte - UInt8(ascii: "0")) : nil
}

private func hexadecimal(_ byte: UInt8) -> UInt16? {
    Character(UnicodeScalar(byte)).hexDigitValue.map(UInt16.init)
}

extension [UInt8] {
    fileprivate func at(_ index: Int) -> UInt8? {
        index < count ? self[index] : nil
    }
}
