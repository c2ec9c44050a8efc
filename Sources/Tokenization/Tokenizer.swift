/// Text to token numbers and back: byte-level BPE as `tokenizer.json` describes it.
///
/// What a user typed can never become a special token: `encode` knows none. Those are put where the prompt's template wants
/// them, by `id(ofAdded:)`.
package struct Tokenizer: Sendable {
    /// The bytes of all tokens, in the order of their numbers, and where each ends.
    private let spelling: [UInt8]
    private let ends: [Int]
    private let special: Set<Int>
    private let added: [[UInt8]: Int]
    private let pairs: BytePairs
    /// Words that are a token as they are, where the file says that merges do not matter for those.
    private let wholeWords: [[UInt8]: Int]

    /// Reads `tokenizer.json`; whatever is not of GLM's shape is refused by name.
    ///
    /// The tokens must be numbered without a hole: a number that no token has would be an embedding that the model can say and
    /// nobody can read.
    package init(contentsOf path: String) throws(TokenizerError) {
        try self.init(try TokenizerFile(contentsOf: path))
    }

    init(_ file: TokenizerFile) throws(TokenizerError) {
        let tokens = try file.tokensInOrder()
        var spelling: [UInt8] = []
        ends = tokens.map { token in
            spelling += ByteAlphabet.decode(token)
            return spelling.count
        }
        self.spelling = spelling
        special = Set(file.addedTokens.lazy.filter(\.isSpecial).map(\.id))
        added = Dictionary(file.addedTokens.lazy.map { ($0.content, $0.id) }, uniquingKeysWith: { first, _ in first })
        pairs = try file.pairs()
        wholeWords = file.ignoresMerges ? file.words() : [:]
    }

    /// The largest number of a token, plus one.
    package var vocabularySize: Int { ends.count }

    /// The number of an added token, special or not, by its text: `<|image|>`, `<think>`.
    package func id(ofAdded content: String) -> Int? { added[Array(content.utf8)] }

    /// Whether the file calls the token special: a mark for the model, not a part of the reply's text.
    package func isSpecial(_ id: Int) -> Bool { special.contains(id) }

    /// The tokens of a text, all of which is taken as plain text: O(n log n) in the worst case.
    package func encode(_ text: String) -> [Int] {
        let words = Words(text)
        let utf8 = words.utf8
        var tokens: [Int] = []
        tokens.reserveCapacity(utf8.count / 3)
        for word in words {
            if !wholeWords.isEmpty, let token = wholeWords[Array(utf8[word])] {
                tokens.append(token)
            } else {
                pairs.encode(utf8[word], into: &tokens)
            }
        }
        return tokens
    }

    /// The tokens of bytes of which those that are not UTF-8 are taken as U+FFFD, as by Python's `decode("utf-8", "replace")`.
    package func encode(_ bytes: some Sequence<UInt8>) -> [Int] {
        encode(String(decoding: Array(bytes), as: UTF8.self))
    }

    /// The text of tokens; what is not UTF-8 in it becomes U+FFFD, and a number that no token has becomes nothing.
    package func decode(_ ids: some Sequence<Int>, skipSpecial: Bool = false) -> String {
        var text: [UInt8] = []
        for id in ids where !(skipSpecial && isSpecial(id)) { text += bytes(of: id) }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of a token, which need not be whole characters; none for a number that no token has.
    func bytes(of id: Int) -> ArraySlice<UInt8> {
        guard ends.indices.contains(id) else { return [] }
        return spelling[(id == 0 ? 0 : ends[id - 1])..<ends[id]]
    }
}
