import GLM
import Tensors
import Tokenization

/// One reply in the making: its prompt is looked at and read, a piece at a time, and then it is written token by token.
///
/// It says which token is next, and guesses which may come then; to step the model, alone or with others, is left to ``Batch``.
final class GenerationRun {
    let job: QuestionJob
    let begun = ContinuousClock.now
    private let model: GLM4V

    private var reader: PromptReader
    private var sampler: Sampler
    private var detokenizer: Detokenizer
    private var parser = ReplyParser()
    private var budget: ThinkingBudget
    private var logits: [Float] = []
    private var lookup: PromptLookup
    /// The last token, which is said and not stepped yet.
    private var said: Int?
    private var count = 0
    private var forced: ArraySlice<Int> = []
    private let clock = ContinuousClock()
    private var start = ContinuousClock.now
    /// Tokens that were stepped, and how long their rounds took. What others read in between is not of this.
    private(set) var written: (tokens: Int, time: Duration) = (0, .zero)

    init(_ model: GLM4V, _ job: QuestionJob, _ cache: PrefixCache) {
        self.model = model
        self.job = job
        reader = PromptReader(model, job.prompt, cache, isScored: true) {
            job.isStopped
        } progress: { stage, done, total in
            job.tell(.progress(stage, done: done, total: total))
        }
        sampler = Sampler(job.options.sampling, prompt: job.prompt.tokens)
        lookup = PromptLookup(job.prompt.tokens)
        detokenizer = Detokenizer(model.tokenizer, skipSpecial: false)
        budget = ThinkingBudget(job.options.maximumThinkingTokens, model.tokenizer)
    }

    var timeline: PrefixCache.Timeline { reader.timeline }
    var isRead: Bool { reader.isDone }

    /// What it took to read the prompt. Whoever went first or in between was waited for.
    private(set) var reading = Reading()

    /// Looks at a picture of the prompt, or reads `size` tokens of it.
    func read(_ size: Int) throws {
        guard !job.isStopped else { throw CancellationError() }
        try reader.advance(by: size)
        guard reader.isDone else { return }
        logits = reader.logits
        start = clock.now
        reading = reader.reading
        reading.waited = start - job.accepted - reading.vision - reading.prefill
        job.tell(.read(reading))
    }

    /// Says the next token, if it is not said yet; false when the reply has ended.
    func write() throws -> Bool {
        guard !job.isStopped else { throw CancellationError() }
        guard said == nil else { return true }
        if count > 0, forced.isEmpty { forced = budget.ending(afterThinking: parser.isThinking)[...] }
        let token = try choose()
        let isEnd = model.generation.endTokens.contains(token)
        emit(token, isVisible: !isEnd)
        count += 1
        if isEnd, !job.options.ignoresEnd { return end(.stop) }
        guard count < job.limit else { return end(.length) }
        said = token
        lookup.append(token)
        return true
    }

    /// The token that is said, and as many guesses after it as are worth a try: at most `limit` tokens, all to be stepped.
    func tokens(upTo limit: Int) -> [Int] {
        guard let said else { preconditionFailure("nothing is said") }
        return [said] + lookup.guesses(min(limit, job.limit - count) - 1)
    }

    /// Takes what may follow each of ``tokens(upTo:)``, `[T, V]`, of a round that began at `start`, and says more tokens as long as they
    /// are those that were guessed; false when the reply has ended.
    ///
    /// Each token is chosen from its own row, so that what is said does not depend on the guesses: these save steps, or do not.
    func take(_ rows: borrowing Tensor, after tokens: [Int], since start: ContinuousClock.Instant) throws -> Bool {
        var right = 0
        defer {
            written.time += clock.now - start
            timeline.session.takeBack(tokens.count - 1 - right)
            lookup.learn(right, of: tokens.count - 1)
        }
        while true {
            rows[right..<right + 1].copy(into: &logits)
            said = nil
            written.tokens += 1
            guard right + 1 < tokens.count else { return true }
            guard try write() else { return false }
            guard said == tokens[right + 1] else { return true }
            right += 1
        }
    }

    private func choose() throws -> Int {
        if let next = forced.popFirst() {
            sampler.see(next)
            return next
        }
        guard let next = sampler.next(from: logits) else { throw GenerationError.notFinite }
        return next
    }

    private func emit(_ token: Int, isVisible: Bool) {
        let logprobs = job.options.topLogprobs.map { Logprobs(of: token, in: logits, top: $0) }
        let text = isVisible ? detokenizer.append(token) : ""
        let reported = ReplyToken(id: token, logprobs: logprobs)
        job.tell(.token(reported, text: text, deltas: parser.append(text), after: clock.now - start))
    }

    private func end(_ finish: Finish) -> Bool {
        let rest = detokenizer.finish()
        job.tell(.finished(finish, text: rest, deltas: parser.append(rest) + parser.finish()))
        return false
    }
}
