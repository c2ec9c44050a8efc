/// What the pre-tokenizer's pattern needs to know of a scalar.
enum ScalarKind: UInt8 {
    /// `\p{L}`
    case letter
    /// `\p{N}`
    case number
    /// `\r` or `\n`
    case newline
    /// U+0020
    case space
    /// `\s`, but none of the above
    case otherSpace
    /// All else: marks, punctuation, symbols, controls, what is not assigned
    case other

    /// The last version of Unicode that the regex engine of `tokenizers` 0.23 knows.
    ///
    /// Swift 6.3 knows 17.0. The 4,657 letters and numbers new in it are not letters there, and so not here. Apart from
    /// them the two agree on each of the 1,112,064 scalars, and the test of this says so again.
    static let lastUnicodeVersion = 16

    init(_ scalar: Unicode.Scalar) {
        self = scalar.isASCII ? Self.ascii[Int(scalar.value)] : Self(properties: scalar.properties)
    }

    private static let ascii: [ScalarKind] = (UInt8(0)..<0x80).map { byte in
        switch Unicode.Scalar(byte) {
        case "\r", "\n": .newline
        case " ": .space
        case let scalar: Self(properties: scalar.properties)
        }
    }

    private init(properties: Unicode.Scalar.Properties) {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
            self = Self.isKnown(properties) ? .letter : .other
        case .decimalNumber, .letterNumber, .otherNumber:
            self = Self.isKnown(properties) ? .number : .other
        default:
            self = properties.isWhitespace ? .otherSpace : .other
        }
    }

    private static func isKnown(_ properties: Unicode.Scalar.Properties) -> Bool {
        guard let age = properties.age else { return false }
        return age.major <= lastUnicodeVersion
    }
}
