import Tensors

/// One timeline of a model: what it has read and written so far, as keys and values.
///
/// A class, since several are stepped at once: what cannot be copied cannot be in an array.
package final class Session {
    private let model: GLM4V
    private var cache: KVCache
    private var history = History()
    /// The positions of a prompt do not count its tokens (a picture is as long as its longer side), so that what is
    /// written goes on from here.
    private var nextPosition: Int32 = 0

    /// How many tokens go through the model at once while it reads: enough to use every weight many times, few enough
    /// to keep memory small and to say how far it is. Whole tiles of twelve rows, as packed weights meet them.
    package static let piece = 264

    /// A timeline on which nothing is.
    package convenience init(_ model: GLM4V) {
        self.init(model, model.language.makeCache(), History())
    }

    private init(_ model: GLM4V, _ cache: consuming KVCache, _ history: History) {
        self.model = model
        self.cache = cache
        self.history = history
    }

    /// How many tokens are read or written.
    package var count: Int { cache.count }

    /// The memory that it takes.
    package var bytes: Int { cache.bytes }

    /// How many tokens at the beginning of a prompt are those of this timeline, their pictures included.
    package func shared(with prompt: Prompt) -> Int { history.shared(with: prompt) }

    /// Forgets all but the first `tokens`, to read on from there.
    package func rewind(to tokens: Int) {
        cache.rewind(to: tokens)
        history.rewind(to: tokens)
    }

    /// Takes back the last `tokens`, which were stepped: the next goes in their place.
    package func takeBack(_ tokens: Int) {
        rewind(to: count - tokens)
        nextPosition -= Int32(tokens)
    }

    /// Gives back memory in which nothing is, where it is much.
    package func compact() {
        guard cache.capacity > cache.count + cache.count / 2 else { return }
        cache = cache.prefix(cache.count)
    }

    /// The memory that one token takes.
    package static func bytesPerToken(_ model: GLM4V) -> Int { model.language.cacheBytesPerToken }

    /// A timeline of its own with the same first `tokens`.
    package func fork(at tokens: Int) -> Session {
        var history = history
        history.rewind(to: tokens)
        return Session(model, cache.prefix(tokens), history)
    }

    /// Reads the next piece of the prompt, of which all so far is here: `size` tokens, or up to `end`.
    ///
    /// `features` are those of each picture; pictures that are read already need none. Once `isStopped`, this throws before
    /// the next layer, and nothing of the piece counts. → hidden states `[T, C]`
    package func readPiece(
        of prompt: Prompt,
        upTo end: Int,
        size: Int = piece,
        features: [Features?],
        isStopped: () -> Bool = { false }
    ) throws(CancellationError) -> Tensor {
        let range = count..<min(count + size, end)
        precondition(!range.isEmpty && end <= prompt.tokens.count, "\(end) of \(prompt.tokens.count) tokens")
        cache.reserve(end)
        let x = try model.language(
            embeddings(of: prompt, range, features),
            positions: Array(prompt.positions[range]),
            cache: &cache,
            isStopped: isStopped
        )
        history.append(prompt, range)
        nextPosition = prompt.nextPosition
        return x
    }

    /// The tokens of a part of the prompt, those of pictures as what they show: `[T, C]`.
    private func embeddings(of prompt: Prompt, _ range: Range<Int>, _ features: [Features?]) -> Tensor {
        var x = model.language.embed(Array(prompt.tokens[range]))
        for (i, picture) in prompt.ranges.enumerated() where picture.overlaps(range) {
            guard let features = features[i] else { preconditionFailure("picture \(i) was not looked at") }
            let part = picture.clamped(to: range)
            let rows = part.lowerBound - picture.lowerBound..<part.upperBound - picture.lowerBound
            x.replace(from: part.lowerBound - range.lowerBound, with: features.tokens[rows])
        }
        return x
    }

    /// What may follow the last of some tokens, by their hidden states: `[1, V]`.
    package func logits(after x: borrowing Tensor) -> Tensor { model.language.logits(x[x.rows - 1..<x.rows]) }

    /// Reads one token more and returns what may follow it: `[1, V]`.
    package func step(_ token: Int, isStopped: () -> Bool = { false }) throws(CancellationError) -> Tensor {
        try Self.step([(self, [token])], isStopped: isStopped)
    }

    /// Reads a few tokens more on each of several timelines of one model, and returns what may follow each token: `[T, V]`.
    ///
    /// A row is what it would be alone, to the last bit. Once `isStopped`, this throws before the next layer, and nothing counts.
    package static func step(
        _ steps: [(session: Session, tokens: [Int])],
        isStopped: () -> Bool = { false }
    ) throws(CancellationError) -> Tensor {
        guard let model = steps.first?.session.model else { preconditionFailure("a step of no timeline") }
        let distinct = Set(steps.map { ObjectIdentifier($0.session) }).count
        precondition(distinct == steps.count, "\(steps.count) steps on \(distinct) timelines")
        for (session, tokens) in steps { session.cache.reserve(session.count + tokens.count) }
        let x = try model.language.step(
            steps.map(\.tokens),
            positions: steps.map { $0.session.nextPosition },
            isStopped: isStopped
        ) { i, q, k, v, layer in
            steps[i].session.cache.attend(q, k, v, layer: layer)
        }
        for (session, tokens) in steps { session.append(tokens) }
        return model.language.logits(x)
    }

    /// Counts tokens that every layer has.
    private func append(_ tokens: [Int]) {
        cache.advance(by: tokens.count)
        history.append(tokens)
        nextPosition += Int32(tokens.count)
    }
}

/// What one picture is to the language model: the tokens that stand for it, `[N, C]`.
package final class Features: Sendable {
    package let tokens: Tensor

    init(_ tokens: consuming Tensor) { self.tokens = tokens }
}

extension GLM4V {
    /// Looks at a picture. Once `isStopped`, this throws after the block at hand.
    package func look(
        at picture: Picture,
        isStopped: () -> Bool = { false }
    ) throws(CancellationError) -> Features {
        Features(try vision(picture.patches(), picture.grid, isStopped: isStopped))
    }
}
