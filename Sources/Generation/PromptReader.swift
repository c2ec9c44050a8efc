import GLM
import Tensors

/// Brings a prompt into a timeline: looks at the pictures and reads the tokens that are not known from before.
struct PromptReader: ~Copyable {
    let timeline: PrefixCache.Timeline
    private(set) var reading = Reading()

    private let model: GLM4V
    private let prompt: Prompt
    private let cache: PrefixCache
    private let isStopped: () -> Bool
    private let progress: (ReplyEvent.Stage, _ done: Int, _ total: Int) -> Void
    private var features: [Features?]
    private let clock = ContinuousClock()

    init(
        _ model: GLM4V,
        _ prompt: Prompt,
        _ cache: PrefixCache,
        isStopped: @escaping () -> Bool,
        progress: @escaping (ReplyEvent.Stage, _ done: Int, _ total: Int) -> Void
    ) {
        self.model = model
        self.prompt = prompt
        self.cache = cache
        self.isStopped = isStopped
        self.progress = progress
        timeline = cache.timeline(for: prompt)
        reading.reused = min(timeline.session.count, prompt.tokens.count - 1)
        features = prompt.pictures.map { _ in nil }
    }

    /// Looks at each picture, and `others`, whose features are neither kept nor read already. Goes on until `isPaused`; whether all
    /// is done is the result.
    mutating func look(also others: [Picture] = [], isPaused: () -> Bool = { false }) throws -> Bool {
        var wanted: [(index: Int?, picture: Picture)] = []
        for (i, picture) in prompt.pictures.enumerated() where prompt.ranges[i].upperBound > timeline.session.count {
            features[i] = cache.features(of: picture)
            if features[i] == nil { wanted.append((i, picture)) }
        }
        for picture in others where cache.features(of: picture) == nil { wanted.append((nil, picture)) }

        for (done, (index, picture)) in wanted.enumerated() {
            progress(.vision, done, wanted.count)
            if isPaused() { return false }
            let start = clock.now
            let seen = try model.look(at: picture, isStopped: isStopped)
            reading.vision += clock.now - start
            reading.looked += picture.grid.tokens
            cache.keep(seen, of: picture)
            if let index { features[index] = seen }
        }
        progress(.vision, wanted.count, wanted.count)
        return true
    }

    /// Reads to the end of the prompt: what may follow its last token goes into `logits`.
    mutating func read(into logits: inout [Float]) throws {
        let (start, total) = (clock.now, prompt.tokens.count)
        try timeline.session.prefill(prompt, features: features, isStopped: isStopped) { done in
            progress(.prefill, done, total)
        }.copy(into: &logits)
        reading.prefill = clock.now - start
        reading.prefilled = total - reading.reused
    }

    /// Reads a piece after the other until `isPaused`; whether all is done is the result.
    mutating func read(isPaused: () -> Bool) throws -> Bool {
        let (begin, total) = (timeline.session.count, prompt.tokens.count)
        reading.reused = begin
        let start = clock.now
        defer {
            reading.prefill = clock.now - start
            reading.prefilled = timeline.session.count - begin
        }
        while timeline.session.count < total {
            progress(.prefill, timeline.session.count, total)
            if isPaused() { return false }
            _ = try timeline.session.readPiece(of: prompt, upTo: total, features: features, isStopped: isStopped).rows
        }
        progress(.prefill, total, total)
        return true
    }
}
