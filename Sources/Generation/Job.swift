import GLM
import Synchronization

/// A question on its way.
final class QuestionJob: Sendable {
    let prompt: Prompt
    let options: ReplyOptions
    /// The most tokens that the reply may have.
    let limit: Int
    let owner: String
    let accepted = ContinuousClock.now
    private let stream: ReplyStream.Continuation
    private let stopped = Atomic(false)
    private let position = Atomic(0)

    /// `context` is how many tokens prompt and reply may have together.
    init(
        _ prompt: Prompt,
        _ options: ReplyOptions,
        context: Int,
        owner: String,
        _ stream: ReplyStream.Continuation
    ) {
        self.prompt = prompt
        self.options = options
        limit = min(options.maximumNewTokens, context - prompt.tokens.count)
        self.owner = owner
        self.stream = stream
    }

    /// How many tokens prompt and reply may come to have.
    var tokens: Int { prompt.tokens.count + limit }

    /// Nobody wants it any more.
    func stop() { stopped.store(true, ordering: .relaxed) }
    var isStopped: Bool { stopped.load(ordering: .relaxed) }

    func tell(_ event: ReplyEvent) { stream.yield(event) }
    func finish(throwing error: (any Error)? = nil) { stream.finish(throwing: error) }

    /// 1 is next. Says it if it is another than before.
    func tell(position: Int) {
        guard self.position.exchange(position, ordering: .relaxed) != position else { return }
        stream.yield(.queued(position: position))
    }
}

/// A preparation on its way.
final class PreparationJob: Sendable {
    let preparation: Preparation
    let owner: String
    private let stream: PreparationStream.Continuation
    private let stopped = Atomic(false)

    init(_ preparation: Preparation, owner: String, _ stream: PreparationStream.Continuation) {
        self.preparation = preparation
        self.owner = owner
        self.stream = stream
    }

    func stop() { stopped.store(true, ordering: .relaxed) }
    var isStopped: Bool { stopped.load(ordering: .relaxed) }

    /// A newer one comes instead.
    func replace() {
        stop()
        stream.finish(throwing: CancellationError())
    }

    func tell(_ event: PreparationEvent) { stream.yield(event) }
    func finish(throwing error: (any Error)? = nil) { stream.finish(throwing: error) }
}
