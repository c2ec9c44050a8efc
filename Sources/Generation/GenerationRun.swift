import GLM
import Tensors
import Tokenization

/// One reply in the making: look, read, and then token by token.
struct GenerationRun: ~Copyable {
    private let model: GLM4V
    private let job: QuestionJob
    private let limit: Int

    private var reader: PromptReader
    private var sampler: Sampler
    private var detokenizer: Detokenizer
    private var parser = ReplyParser()
    private var budget: ThinkingBudget
    private var logits: [Float] = []
    private let clock = ContinuousClock()
    private var start = ContinuousClock.now
    private(set) var written: (tokens: Int, time: Duration) = (0, .zero)

    init(_ model: GLM4V, _ job: QuestionJob, limit: Int, _ cache: PrefixCache) {
        self.model = model
        self.job = job
        self.limit = limit
        reader = PromptReader(model, job.prompt, cache) {
            job.isStopped
        } progress: { stage, done, total in
            job.tell(.progress(stage, done: done, total: total))
        }
        sampler = Sampler(job.options.sampling, prompt: job.prompt.tokens)
        detokenizer = Detokenizer(model.tokenizer, skipSpecial: false)
        budget = ThinkingBudget(job.options.maximumThinkingTokens, model.tokenizer)
    }

    var timeline: PrefixCache.Timeline { reader.timeline }
    var reading: Reading { reader.reading }

    /// Reads the prompt; `waited` is how long others went first.
    mutating func read(waited: Duration) throws {
        _ = try reader.look()
        try reader.read(into: &logits)
        var reading = reader.reading
        reading.waited = waited
        job.tell(.read(reading))
        start = clock.now
    }

    /// Writes until the model ends, or may not go on.
    mutating func write() throws {
        let finish = try writeTokens()
        let rest = detokenizer.finish()
        job.tell(.finished(finish, text: rest, deltas: parser.append(rest) + parser.finish()))
    }

    private mutating func writeTokens() throws -> Finish {
        var forced: ArraySlice<Int> = []
        for count in 1...limit {
            guard !job.isStopped else { throw CancellationError() }
            let token: Int
            if let next = forced.popFirst() {
                token = next
                sampler.see(next)
            } else if let next = sampler.next(from: logits) {
                token = next
            } else {
                throw GenerationError.notFinite
            }
            let isEnd = model.generation.endTokens.contains(token)
            emit(token, isVisible: !isEnd)
            if isEnd, !job.options.ignoresEnd { return .stop }
            if count < limit {
                try reader.timeline.session.step(token, isStopped: { job.isStopped }).copy(into: &logits)
                written = (count, clock.now - start)
            }
            if forced.isEmpty { forced = budget.ending(afterThinking: parser.isThinking)[...] }
        }
        return .length
    }

    private mutating func emit(_ token: Int, isVisible: Bool) {
        let logprobs = job.options.topLogprobs.map { Logprobs(of: token, in: logits, top: $0) }
        let text = isVisible ? detokenizer.append(token) : ""
        let reported = ReplyToken(id: token, logprobs: logprobs)
        job.tell(.token(reported, text: text, deltas: parser.append(text), after: clock.now - start))
    }
}
