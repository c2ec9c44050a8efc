/// Guesses what comes next by what came before: where the last two tokens have stood already, that which followed them then.
///
/// Prompt lookup decoding (Saxena, 2023), with as many guesses as went well lately. A thought says much twice: times, names
/// and boxes, and the question.
struct PromptLookup {
    /// The most guesses at once.
    private static let most = 3
    /// After how many failures in a row the pause between two guesses is the longest.
    private static let mostFailures = 6

    private var tokens: [Int] = []
    /// Where that begins which followed two tokens when they stood together last.
    private var following: [Pair: Int] = [:]
    /// Where that begins which followed the last two tokens before.
    private var found: Int?
    private var trust = 1
    /// How many times in a row all guesses were wrong, and how many chances are left alone for that: 0, 1, 2, 4, 8, 16.
    private var failures = 0, pause = 0

    private struct Pair: Hashable {
        let first, second: Int
    }

    init(_ tokens: [Int]) {
        for token in tokens { append(token) }
    }

    /// Counts a token that was read or said.
    mutating func append(_ token: Int) {
        found = tokens.last.flatMap { last in
            following.updateValue(tokens.count + 1, forKey: Pair(first: last, second: token))
        }
        tokens.append(token)
        guard found != nil, pause > 0 else { return }
        pause -= 1
        found = nil
    }

    /// What may come next: `limit` tokens at most.
    func guesses(_ limit: Int) -> ArraySlice<Int> {
        guard let found, limit > 0 else { return [] }
        return tokens[found...].prefix(min(trust, limit))
    }

    /// Hears how many of so many guesses were right.
    mutating func learn(_ right: Int, of guesses: Int) {
        guard guesses > 0 else { return }
        trust = right == guesses ? min(2 * trust, Self.most) : max(1, right)
        failures = right > 0 ? 0 : min(failures + 1, Self.mostFailures)
        pause = (1 << failures) >> 2
    }
}
