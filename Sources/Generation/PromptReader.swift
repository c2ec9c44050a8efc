import GLM
import Tensors

/// Brings a prompt into a timeline, a piece at a time: looks at the pictures and reads the tokens that are not known from before.
struct PromptReader: ~Copyable {
    let timeline: PrefixCache.Timeline
    private(set) var reading = Reading()
    /// What may follow the prompt, once it is read and if that was asked for.
    private(set) var logits: [Float] = []

    private let model: GLM4V
    private let prompt: Prompt
    private let cache: PrefixCache
    private let isScored: Bool
    private let isStopped: () -> Bool
    private let progress: (ReplyEvent.Stage, _ done: Int, _ total: Int) -> Void
    private var features: [Features?]
    private var wanted: [(index: Int?, picture: Picture)] = []
    private var looked = 0
    private let clock = ContinuousClock()

    /// Looks also at `others`, for their features alone. To know what may follow the prompt, its last token is read anew.
    init(
        _ model: GLM4V,
        _ prompt: Prompt,
        also others: [Picture] = [],
        _ cache: PrefixCache,
        isScored: Bool,
        isStopped: @escaping () -> Bool,
        progress: @escaping (ReplyEvent.Stage, _ done: Int, _ total: Int) -> Void
    ) {
        self.model = model
        self.prompt = prompt
        self.cache = cache
        self.isScored = isScored
        self.isStopped = isStopped
        self.progress = progress
        timeline = cache.timeline(for: prompt, upTo: prompt.tokens.count - (isScored ? 1 : 0))
        reading.reused = timeline.session.count
        features = prompt.pictures.map { _ in nil }
        for (i, picture) in prompt.pictures.enumerated() where prompt.ranges[i].upperBound > reading.reused {
            features[i] = cache.features(of: picture)
            if features[i] == nil { wanted.append((i, picture)) }
        }
        for picture in others where cache.features(of: picture) == nil { wanted.append((nil, picture)) }
    }

    var isDone: Bool { looked == wanted.count && timeline.session.count == prompt.tokens.count }

    /// Looks at the next picture or, after the last, reads the next `size` tokens.
    mutating func advance(by size: Int = Session.piece) throws {
        if looked < wanted.count { try look() } else { try read(size) }
    }

    private mutating func look() throws {
        let (index, picture) = wanted[looked]
        progress(.vision, looked, wanted.count)
        let start = clock.now
        let seen = try model.look(at: picture, isStopped: isStopped)
        reading.vision += clock.now - start
        reading.looked += picture.grid.tokens
        cache.keep(seen, of: picture)
        if let index { features[index] = seen }
        looked += 1
        if looked == wanted.count { progress(.vision, looked, looked) }
    }

    private mutating func read(_ size: Int) throws {
        let (session, start, total) = (timeline.session, clock.now, prompt.tokens.count)
        let begin = session.count
        progress(.prefill, begin, total)
        let x = try session.readPiece(of: prompt, upTo: total, size: size, features: features, isStopped: isStopped)
        if isScored, session.count == total { session.logits(after: x).copy(into: &logits) }
        reading.prefill += clock.now - start
        reading.prefilled += session.count - begin
        if session.count == total { progress(.prefill, total, total) }
    }
}
