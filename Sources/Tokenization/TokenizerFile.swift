internal import Foundation

/// The parts of a `tokenizer.json`, each checked, not yet put together.
struct TokenizerFile {
    /// Bounds about seven times over the largest tokenizer of a GLM: 151 thousand tokens, 318 thousand merges, 20 MB.
    static let maximumBytes = 64 << 20, maximumTokens = 1 << 20, maximumMerges = 1 << 21, maximumTokenBytes = 4096

    struct AddedToken {
        var id: Int?
        var content: [UInt8]?
        var isSpecial = false
    }

    /// The model's tokens, spelled in the byte alphabet, with their numbers.
    private(set) var vocabulary: [[UInt8]: Int] = [:]
    private(set) var addedTokens: [(id: Int, content: [UInt8], isSpecial: Bool)] = []
    private(set) var ignoresMerges = false
    /// Left, right and what they make, first merge first.
    private(set) var merges: [(left: Int, right: Int, token: Int)] = []

    init(contentsOf path: String) throws(TokenizerError) {
        try self.init(try Self.read(path))
    }

    init(_ bytes: [UInt8]) throws(TokenizerError) {
        var reader = try JSONReader(bytes)
        let parts = try reader.members()
        try reader.end()

        func value(_ key: String) throws(TokenizerError) -> JSONValue {
            guard let start = parts[key] else { return .null }
            reader.move(to: start)
            return try reader.value()
        }
        try TokenizerShape.check(
            normalizer: try value("normalizer"),
            preTokenizer: try value("pre_tokenizer"),
            decoder: try value("decoder")
        )

        guard let model = parts["model"] else { throw .missing(key: "model") }
        reader.move(to: model)
        try readModel(&reader)
        if let start = parts["added_tokens"] {
            reader.move(to: start)
            try readAddedTokens(&reader)
        }
    }

    private static func read(_ path: String) throws(TokenizerError) -> [UInt8] {
        // Caches of models are full of links; what they lead to must be a plain file, for a pipe would never end.
        let file = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: file.path) else {
            throw .unreadable(path: path, reason: "there is no such file")
        }
        guard attributes[.type] as? FileAttributeType == .typeRegular else {
            throw .unreadable(path: path, reason: "it is not a file")
        }
        guard let handle = FileHandle(forReadingAtPath: file.path),
            let data = try? handle.read(upToCount: maximumBytes + 1) ?? Data()
        else {
            throw .unreadable(path: path, reason: "permission denied, or the disk failed")
        }
        guard data.count <= maximumBytes else {
            throw .unreadable(path: path, reason: "it is larger than the \(maximumBytes >> 20) MB a tokenizer may have")
        }
        return Array(data)
    }

    // MARK: - The model

    private mutating func readModel(_ reader: inout JSONReader) throws(TokenizerError) {
        let parts = try reader.members()
        for (key, allowed) in TokenizerShape.model {
            var found = JSONValue.null
            if let start = parts[key] {
                reader.move(to: start)
                found = try reader.value()
            }
            try TokenizerShape.require("model.\(key)", found, in: allowed)
            if key == "ignore_merges" { ignoresMerges = found == .bool(true) }
        }
        guard let vocabulary = parts["vocab"] else { throw .missing(key: "model.vocab") }
        guard let merges = parts["merges"] else { throw .missing(key: "model.merges") }
        reader.move(to: vocabulary)
        try readVocabulary(&reader)
        reader.move(to: merges)
        try readMerges(&reader)
    }

    private mutating func readVocabulary(_ reader: inout JSONReader) throws(TokenizerError) {
        var tokens: [[UInt8]: Int] = [:]
        try reader.object { reader, token throws(TokenizerError) in
            let id = try reader.integer()
            guard tokens.count < Self.maximumTokens else { throw .tooMany(of: "tokens", limit: Self.maximumTokens) }
            try Self.check(token, id)
            guard tokens.updateValue(id, forKey: token) == nil else {
                throw .token(quoted(token), reason: "comes twice")
            }
        }
        vocabulary = tokens
    }

    static func check(_ token: [UInt8], _ id: Int) throws(TokenizerError) {
        guard (1...maximumTokenBytes).contains(token.count) else {
            throw .token(quoted(token), reason: "is \(token.count) bytes long, expected 1 to \(maximumTokenBytes)")
        }
        guard (0..<maximumTokens).contains(id) else {
            throw .token(quoted(token), reason: "has number \(id), expected 0 to \(maximumTokens - 1)")
        }
    }

    private mutating func readMerges(_ reader: inout JSONReader) throws(TokenizerError) {
        var merges: [(left: Int, right: Int, token: Int)] = []
        var left: [UInt8] = [], right: [UInt8] = []
        let vocabulary = vocabulary
        try reader.array { reader throws(TokenizerError) in
            let index = merges.count
            guard index < Self.maximumMerges else { throw .tooMany(of: "merges", limit: Self.maximumMerges) }
            try reader.merge(index, &left, &right)

            func id(_ token: [UInt8]) throws(TokenizerError) -> Int {
                guard let id = vocabulary[token] else {
                    let reason = "needs the token \(quoted(token)), which is not in the vocabulary"
                    throw .merge(index: index, reason: reason)
                }
                return id
            }
            merges.append((try id(left), try id(right), try id(left + right)))
        }
        self.merges = merges
    }

    // MARK: - Added tokens

    private mutating func readAddedTokens(_ reader: inout JSONReader) throws(TokenizerError) {
        var tokens: [(id: Int, content: [UInt8], isSpecial: Bool)] = []
        try reader.array { reader throws(TokenizerError) in
            var token = AddedToken()
            try reader.object { reader, key throws(TokenizerError) in
                switch key {
                case Array("id".utf8): token.id = try reader.integer()
                case Array("special".utf8): token.isSpecial = try reader.boolean()
                case Array("content".utf8):
                    var content: [UInt8] = []
                    try reader.string(into: &content)
                    token.content = content
                default: try reader.skip()
                }
            }
            guard let id = token.id else { throw .missing(key: "added_tokens[\(tokens.count)].id") }
            guard let content = token.content else { throw .missing(key: "added_tokens[\(tokens.count)].content") }
            guard tokens.count < Self.maximumTokens else { throw .tooMany(of: "tokens", limit: Self.maximumTokens) }
            try Self.check(content, id)
            tokens.append((id, content, token.isSpecial))
        }
        addedTokens = tokens
    }
}

extension JSONReader {
    /// Reads past an object and says where the value of each key begins.
    fileprivate mutating func members() throws(TokenizerError) -> [String: Int] {
        var starts: [String: Int] = [:]
        try object { reader, key throws(TokenizerError) in
            guard starts.updateValue(reader.position, forKey: String(decoding: key, as: UTF8.self)) == nil else {
                throw reader.malformed("the key \(quoted(key)) once")
            }
            guard starts.count <= Self.maximumValues else { throw .tooMany(of: "keys", limit: Self.maximumValues) }
            try reader.skip()
        }
        return starts
    }

    /// Reads a merge: `"left right"` in older files, `["left", "right"]` in newer ones.
    fileprivate mutating func merge(
        _ index: Int,
        _ left: inout [UInt8],
        _ right: inout [UInt8]
    ) throws(TokenizerError) {
        if peek() == UInt8(ascii: "[") {
            try pair(&left, &right)
        } else {
            try string(into: &left)
            let text = left
            let parts = text.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            guard parts.count == 2 else {
                throw .merge(index: index, reason: "is \(quoted(text)), expected two tokens with a space between them")
            }
            (left, right) = (Array(parts[0]), Array(parts[1]))
        }
    }
}
