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
    private let clock = ContinuousClock()
    private var start = ContinuousClock.now

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
        start = clock.now
        let finish = try write()
        let rest = detokenizer.finish()
        stream.yield(.finished(finish, text: rest, deltas: parser.append(rest) + parser.finish()))
    }

    /// Goes through the pictures, and then the tokens, of the prompt.
    private mutating func read() throws {
        let (pictures, tokens, stream) = (prompt.pictures.count, prompt.tokens.count, stream)
        let start = clock.now
        let features = try session.look(at: prompt, isStopped: { Task.isCancelled }) { done in
            stream.yield(.progress(.vision, done: done, total: pictures))
        }
        let looked = clock.now
        try session.prefill(prompt, features: features, isStopped: { Task.isCancelled }) { done in
            stream.yield(.progress(.prefill, done: done, total: tokens))
        }.copy(into: &logits)
        stream.yield(.read(vision: looked - start, prefill: clock.now - looked))
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
            if count < limit { try session.step(token, isStopped: { Task.isCancelled }).copy(into: &logits) }
            if forced.isEmpty { forced = budget.ending(afterThinking: parser.isThinking)[...] }
        }
        return .length
    }

    private mutating func emit(_ token: Int, isVisible: Bool) {
        let logprobs = options.topLogprobs.map { Logprobs(of: token, in: logits, top: $0) }
        let text = isVisible ? detokenizer.append(token) : ""
        let reported = ReplyToken(id: token, logprobs: logprobs)
        stream.yield(.token(reported, text: text, deltas: parser.append(text), after: clock.now - start))
    }
}
