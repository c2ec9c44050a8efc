/// What can be wrong with a `tokenizer.json`.
package enum TokenizerError: Error, Equatable {
    /// The file cannot be read, or is not one that should be.
    case unreadable(path: String, reason: String)
    /// The text is not JSON, or not the JSON that is expected there.
    case malformed(byte: Int, expected: String)
    /// A part that every tokenizer has is not in the file.
    case missing(key: String)
    /// The tokenizer works in a way that this program does not.
    case unsupported(key: String, expected: String, found: String)
    /// There are more entries, or longer ones, than any known tokenizer has.
    case tooMany(of: String, limit: Int)
    /// A token or its number cannot be used.
    case token(String, reason: String)
    /// A number below the largest belongs to no token.
    case hole(id: Int, tokens: Int)
    /// One of the 256 single bytes has no token, so some texts could not be encoded.
    case byteWithoutToken(UInt8)
    /// A merge joins or makes something that is not in the vocabulary.
    case merge(index: Int, reason: String)
}

extension TokenizerError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "\(path) cannot be read as a tokenizer: \(reason)"
        case .malformed(let byte, let expected):
            "tokenizer.json: expected \(expected) at byte \(byte): the file is damaged, download it again"
        case .missing(let key):
            "tokenizer.json has no \(key): is it the tokenizer of GLM-4.1V?"
        case .unsupported(let key, let expected, let found):
            "tokenizer.json: \(key) is \(found) where GLM-4.1V has \(expected): use the tokenizer.json of the model"
        case .tooMany(let what, let limit):
            "tokenizer.json: expected at most \(limit) \(what), found more: use the tokenizer.json of the model"
        case .token(let token, let reason):
            "tokenizer.json: token \(token) \(reason): the file is damaged, download it again"
        case .hole(let id, let tokens):
            "tokenizer.json: expected its \(tokens) tokens to be numbered 0 to \(tokens - 1), found none with number "
                + "\(id): the file is damaged, download it again"
        case .byteWithoutToken(let byte):
            "tokenizer.json: expected a token for each of the 256 bytes, found none for byte \(byte): "
                + "use the tokenizer.json of the model"
        case .merge(let index, let reason):
            "tokenizer.json: merge \(index) \(reason): the file is damaged, download it again"
        }
    }
}

/// Text from a file as one short line, fit to stand in an error.
func quoted(_ bytes: some Sequence<UInt8>) -> String {
    let limit = 60
    let head = Array(bytes.prefix(limit + 1))
    let text = String(decoding: head.prefix(limit), as: UTF8.self).debugDescription
    return head.count > limit ? text + "…" : text
}
