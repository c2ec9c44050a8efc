import GLM
import Tensors
import Tokenization

/// One reply in the making: look, read, and then token by token.
struct GenerationRun: ~Copyable {
    private let model: GLM4V
    private let prompt: Prompt
    private let options: ReplyOptions
    private let limit: Int
    private let stream: ReplyStream.Continuation

    private var session: Session
    private var sampler: Sampler
    private var detokenizer: Detokenizer
    private var parser = ReplyParser()
    private var budget: ThinkingBudget
    private var logits: [Float] = []
    private var timing = Timing()

    init(
        _ model: GLM4V,
        _ prompt: Prompt,
        _ options: ReplyOptions,
        limit: Int,
        _ stream: ReplyStream.Continuation
    ) {
        self.model = model
        self.prompt = prompt
        self.options = options
        self.limit = limit
        self.stream = stream
        session = Session(model, capacity: prompt.tokens.count + limit)
        sampler = Sampler(options.sampling, prompt: prompt.tokens)
        detokenizer = Detokenizer(model.tokenizer, skipSpecial: false)
        budget = ThinkingBudget(options.maximumThinkingTokens, model.tokenizer)
    }

    mutating func run() throws {
        try read()
        let start = ContinuousClock.now
        let finish = try write()
        timing.generate = .now - start
        let rest = detokenizer.finish()
        stream.yield(.finished(finish, text: rest, deltas: parser.append(rest) + parser.finish(), timing))
    }

    /// Goes through the pictures, and then the tokens, of the prompt.
    private mutating func read() throws {
        let (clock, total, stream) = (ContinuousClock(), prompt.pictures.count, stream)
        let start = clock.now
        let features = try session.look(at: prompt) { done in
            stream.yield(.progress(.vision, done: done, total: total))
            return !Task.isCancelled
        }
        if total > 0 { stream.yield(.progress(.vision, done: total, total: total)) }
        let looked = clock.now
        let length = prompt.tokens.count
        let scores = try session.prefill(prompt, features: features) { done in
            stream.yield(.progress(.prefill, done: done, total: length))
            return !Task.isCancelled
        }
        scores.copy(into: &logits)
        stream.yield(.progress(.prefill, done: length, total: length))
        (timing.vision, timing.prefill) = (looked - start, clock.now - looked)
    }

    /// Writes until the model ends, or may not go on.
    private mutating func write() throws -> Finish {
        var forced: ArraySlice<Int> = []
        for count in 1...limit {
            try Task.checkCancellation()
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
            if isEnd, !options.ignoresEnd { return .stop }
            if count < limit { session.step(token).copy(into: &logits) }
            if forced.isEmpty { forced = budget.ending(afterThinking: parser.isThinking)[...] }
        }
        return .length
    }

    private mutating func emit(_ token: Int, isVisible: Bool) {
        let logprobs = options.topLogprobs.map { Logprobs(of: token, in: logits, top: $0) }
        let text = isVisible ? detokenizer.append(token) : ""
        stream.yield(.token(ReplyToken(id: token, logprobs: logprobs), text: text, deltas: parser.append(text)))
    }
}
