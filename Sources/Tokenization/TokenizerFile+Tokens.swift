extension TokenizerFile {
    /// All tokens in the order of their numbers, as they are spelled in the file; a hole or a repeated number is refused.
    func tokensInOrder() throws(TokenizerError) -> [[UInt8]] {
        let largest = max(vocabulary.values.max() ?? 0, addedTokens.lazy.map(\.id).max() ?? 0)
        var tokens = [[UInt8]?](repeating: nil, count: largest + 1)
        func place(_ token: [UInt8], at id: Int) throws(TokenizerError) {
            guard tokens[id] == nil || tokens[id] == token else {
                throw .token(quoted(token), reason: "has number \(id), and so has \(quoted(tokens[id] ?? []))")
            }
            tokens[id] = token
        }
        for (token, id) in vocabulary { try place(token, at: id) }
        var seen: Set<[UInt8]> = []
        for token in addedTokens {
            guard seen.insert(token.content).inserted else {
                throw .token(quoted(token.content), reason: "is added twice")
            }
            // It may also stand in the vocabulary, with the same number.
            let id = vocabulary[token.content, default: token.id]
            guard id == token.id else {
                throw .token(quoted(token.content), reason: "has number \(token.id) and also \(id)")
            }
            try place(token.content, at: id)
        }
        if let hole = tokens.firstIndex(of: nil) {
            throw .hole(id: hole, tokens: tokens.reduce(0) { $0 + ($1 == nil ? 0 : 1) })
        }
        return tokens.compactMap(\.self)
    }

    /// The merges, and the tokens of the 256 bytes that they begin with.
    func pairs() throws(TokenizerError) -> BytePairs {
        var bytes = [UInt32?](repeating: nil, count: 256)
        for (token, id) in vocabulary where token.count <= 2 {
            if let spelled = ByteAlphabet.spelled(token), spelled.count == 1 { bytes[Int(spelled[0])] = UInt32(id) }
        }
        if let byte = bytes.firstIndex(of: nil) { throw .byteWithoutToken(UInt8(byte)) }
        var pairs = BytePairs(bytes: bytes.compactMap(\.self))
        for merge in merges { pairs.append(UInt32(merge.left), UInt32(merge.right), making: UInt32(merge.token)) }
        return pairs
    }

    /// The model's tokens by the bytes they spell.
    func words() -> [[UInt8]: Int] {
        Dictionary(
            vocabulary.lazy.compactMap { token, id in ByteAlphabet.spelled(token).map { ($0, id) } },
            uniquingKeysWith: { first, _ in first }
        )
    }
}
