import GLM

@testable import Generation

/// A question and what comes of it.
struct Question {
    let job: QuestionJob
    private let stream: ReplyStream

    init(_ prompt: Prompt, _ options: ReplyOptions, context: Int = 4096) {
        let (stream, continuation) = ReplyStream.makeStream()
        job = QuestionJob(prompt, options, context: context, owner: "", continuation)
        self.stream = stream
    }

    /// All that was told, once it has ended.
    func events() async -> (events: [ReplyEvent], failure: (any Error)?) {
        var events: [ReplyEvent] = []
        do {
            for try await event in stream { events.append(event) }
            return (events, nil)
        } catch {
            return (events, error)
        }
    }

    func reply() async -> (reply: Reply, failure: (any Error)?) {
        let (events, failure) = await events()
        return (events.reduce(into: Reply()) { $0.append($1) }, failure)
    }
}

/// An engine's rounds without its thread, so that a test says what happens when.
struct Rounds {
    let model: GLM4V
    let cache: PrefixCache
    private var batch: Batch
    private(set) var count = 0
    /// Hears of it in the middle of a round, before the others are stepped.
    var whenEnded: (QuestionJob) -> Void = { _ in }

    /// With one row in a step nothing is guessed.
    init(_ model: GLM4V, _ cache: PrefixCache, rows: Int = 4) {
        self.model = model
        self.cache = cache
        batch = Batch(cache, rows: rows)
    }

    var isReading: Bool { batch.isReading }
    var isEmpty: Bool { batch.isEmpty }

    @discardableResult
    mutating func begin(_ question: Question) -> GenerationRun {
        let run = GenerationRun(model, question.job, cache)
        batch.begin(run)
        return run
    }

    mutating func go(_ rounds: Int = 1) {
        for _ in 0..<rounds {
            count += 1
            batch.round { [whenEnded] run, milestone in
                guard case .ended(let failure) = milestone else { return }
                run.job.finish(throwing: failure)
                whenEnded(run.job)
            }
        }
    }

    mutating func finishReading() { while isReading { go() } }
    mutating func finish() { while !isEmpty { go() } }
}
