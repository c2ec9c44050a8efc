import GLM
import Tensors
import Testing

@testable import Generation

/// Guesses save steps and change nothing.
struct PromptLookupTests {
    @Test func `what followed two tokens last is guessed, a little at first and more as it goes well`() {
        var lookup = PromptLookup([2, 3, 4, 5, 6, 7, 2])
        #expect(lookup.guesses(3) == [])
        lookup.append(3)
        #expect(lookup.guesses(3) == [4])
        #expect(lookup.guesses(0) == [] && lookup.guesses(-1) == [])
        lookup.learn(1, of: 1)
        #expect(lookup.guesses(3) == [4, 5] && lookup.guesses(1) == [4])
        lookup.learn(2, of: 2)
        #expect(lookup.guesses(3) == [4, 5, 6])
        lookup.learn(0, of: 0)
        #expect(lookup.guesses(9) == [4, 5, 6])
        lookup.learn(2, of: 3)
        #expect(lookup.guesses(3) == [4, 5])
        lookup.learn(0, of: 2)
        #expect(lookup.guesses(3) == [4])
    }

    @Test func `the last place counts, and a token that repeats itself is its own`() {
        var lookup = PromptLookup([2, 3, 4, 2, 3, 5, 2, 3])
        #expect(lookup.guesses(1) == [5])
        lookup = PromptLookup([9, 9, 9])
        #expect(lookup.guesses(3) == [9])
        for short in [[], [1], [1, 1], [1, 2, 1]] { #expect(PromptLookup(short).guesses(3) == []) }
    }

    /// A reply without an engine, one token after the other.
    private func plain(_ model: GLM4V, _ prompt: Prompt, _ options: ReplyOptions) throws -> [Int] {
        let session = Session(model)
        var sampler = Sampler(options.sampling, prompt: prompt.tokens)
        var last = Tensor(rows: 0, columns: 0)
        let features = try prompt.pictures.map { try model.look(at: $0) }
        while session.count < prompt.tokens.count {
            last = try session.readPiece(of: prompt, upTo: prompt.tokens.count, features: features)
        }
        var (logits, tokens) = (session.logits(after: last).elements, [Int]())
        while tokens.count < options.maximumNewTokens, let token = sampler.next(from: logits) {
            tokens.append(token)
            if model.generation.endTokens.contains(token) { break }
            logits = try session.step(token).elements
        }
        return tokens
    }

    @Test(arguments: [Float(0), 0.3, 1], [1, 2, 7, 400])
    func `a reply is the same without guesses, and takes fewer steps with them`(temperature: Float, limit: Int)
        async throws
    {
        let model = try Films.bundled()
        let talk = Films.conversation(
            .framesFirst,
            Conversation.Turn(clips: [try Films.clip(3, frames: 4)], text: "What happens?")
        )
        let prompt = try talk.prompt(for: model, limit: 2000).prompt
        var options = ReplyOptions()
        (options.sampling.temperature, options.sampling.seed, options.sampling.repetitionPenalty) = (temperature, 5, 1)
        options.maximumNewTokens = limit
        let question = Question(prompt, options)
        var rounds = Rounds(model, PrefixCache(model, budget: 0))
        let run = rounds.begin(question)
        rounds.finishReading()
        let before = rounds.count
        rounds.finish()
        let (reply, failure) = await question.reply()
        #expect(failure == nil)
        #expect(reply.tokens.map(\.id) == (try plain(model, prompt, options)))
        #expect(run.written.tokens == reply.tokens.count - 1, "of the last nothing follows")
        if temperature == 0, limit == 400 { #expect(rounds.count - before < reply.tokens.count) }
    }
}
