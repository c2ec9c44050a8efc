/// What is on a timeline, so that a prompt can be compared with it.
struct History: Sendable {
    private var tokens: [Int] = []
    private var pictures: [(start: Int, id: Picture.ID?)] = []

    /// How many tokens at the beginning of a prompt are the same here.
    ///
    /// The placeholders of two pictures are one token: the pictures themselves must be the same, and begin at the same
    /// place. A picture without an id is like no other. Where all this is the same, so are the positions.
    func shared(with prompt: Prompt) -> Int {
        var count = zip(tokens, prompt.tokens).prefix { $0 == $1 }.count
        let theirs = zip(prompt.ranges, prompt.pictures).map { (start: $0.lowerBound, id: $1.id) }
        for i in 0..<max(pictures.count, theirs.count) {
            let (mine, other) = (pictures.element(i), theirs.element(i))
            if let mine, let other, mine.id != nil, mine.id == other.id, mine.start == other.start { continue }
            count = min(count, mine?.start ?? count, other?.start ?? count)
            break
        }
        return count
    }

    mutating func append(_ written: [Int]) { tokens += written }

    /// A part of a prompt, all before which is here.
    mutating func append(_ prompt: Prompt, _ range: Range<Int>) {
        tokens += prompt.tokens[range]
        for (place, picture) in zip(prompt.ranges, prompt.pictures) where range.contains(place.lowerBound) {
            pictures.append((place.lowerBound, picture.id))
        }
    }

    mutating func rewind(to count: Int) {
        tokens.removeSubrange(count...)
        pictures.removeAll { $0.start >= count }
    }
}

extension Array {
    fileprivate func element(_ i: Int) -> Element? { indices.contains(i) ? self[i] : nil }
}
