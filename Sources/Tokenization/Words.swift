/// Cuts a text into the words within which byte pairs are merged, as byte ranges that cover it.
///
/// The alternatives of the pattern, in its order:
///
///     (?i:'s|'t|'re|'ve|'m|'ll|'d)      contraction
///     [^\r\n\p{L}\p{N}]?\p{L}+          letters, and one scalar of nearly any kind before them
///     \p{N}{1,3}                        numbers, three by three
///      ?[^\s\p{L}\p{N}]+[\r\n]*         others, and the newlines after them
///     \s*[\r\n]+|\s+(?!\S)|\s+          white space
///
/// Each alternative is found in one pass, so the whole is linear where a backtracking engine need not be.
struct Words: Sequence, IteratorProtocol {
    static let pattern =
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

    let utf8: [UInt8]
    private let scalars: [(kind: ScalarKind, bytes: UInt8)]
    private var scalar = 0
    private var byte = 0

    init(_ text: String) {
        utf8 = Array(text.utf8)
        scalars = text.unicodeScalars.map { (ScalarKind($0), UInt8($0.utf8.count)) }
    }

    mutating func next() -> Range<Int>? {
        guard scalar < scalars.count else { return nil }
        let end = contraction() ?? letters() ?? numbers() ?? others() ?? whitespace()
        let start = byte
        for scalar in scalars[scalar..<end] { byte += Int(scalar.bytes) }
        scalar = end
        return start..<byte
    }

    private func kind(_ index: Int) -> ScalarKind? { index < scalars.count ? scalars[index].kind : nil }

    /// The end of the run of scalars from `index` that are of one of these kinds.
    private func run(from index: Int, of kinds: ScalarKind..., atMost limit: Int = .max) -> Int {
        var end = index
        while end - index < limit, let kind = kind(end), kinds.contains(kind) { end += 1 }
        return end
    }

    private func contraction() -> Int? {
        guard utf8[byte] == UInt8(ascii: "'"), byte + 1 < utf8.count else { return nil }
        let first = utf8[byte + 1], second = byte + 2 < utf8.count ? utf8[byte + 2] : 0
        switch (first | 0x20, second | 0x20) {
        case (UInt8(ascii: "s"), _), (UInt8(ascii: "t"), _), (UInt8(ascii: "m"), _), (UInt8(ascii: "d"), _):
            return scalar + 2
        case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
            (UInt8(ascii: "l"), UInt8(ascii: "l")):
            return scalar + 3
        default:
            // ſ, the long s, folds to s.
            return first == 0xC5 && second == 0xBF ? scalar + 2 : nil
        }
    }

    private func letters() -> Int? {
        switch kind(scalar) {
        case .letter: run(from: scalar, of: .letter)
        case .space, .otherSpace, .other:
            kind(scalar + 1) == .letter ? run(from: scalar + 1, of: .letter) : nil
        default: nil
        }
    }

    private func numbers() -> Int? {
        kind(scalar) == .number ? run(from: scalar, of: .number, atMost: 3) : nil
    }

    private func others() -> Int? {
        let start = kind(scalar) == .space ? scalar + 1 : scalar
        guard kind(start) == .other else { return nil }
        return run(from: run(from: start, of: .other), of: .newline)
    }

    private func whitespace() -> Int {
        let end = run(from: scalar, of: .space, .otherSpace, .newline)
        if let newline = scalars[scalar..<end].lastIndex(where: { $0.kind == .newline }) { return newline + 1 }
        // The last space of a run belongs to the word behind it, unless it is the only one.
        return end == scalars.count || end == scalar + 1 ? end : end - 1
    }
}
