import GLM
import Media
import Tensors
import TestSupport
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

    @Test func `the longer it goes wrong, the more seldom it guesses, until it goes well again`() {
        var lookup = PromptLookup([7, 7])
        func chances(_ right: Int) -> Int {
            lookup.learn(right, of: 1)
            for skipped in 0...99 {
                lookup.append(7)
                if lookup.guesses(1) == [7] { return skipped }
            }
            return 100
        }
        #expect([0, 0, 0, 0, 0, 0, 0, 0].map(chances) == [0, 1, 2, 4, 8, 16, 16, 16])
        #expect([1, 0, 0].map(chances) == [0, 0, 1])
    }

    @Test func `the last place counts, and a token that repeats itself is its own`() {
        var lookup = PromptLookup([2, 3, 4, 2, 3, 5, 2, 3])
        #expect(lookup.guesses(1) == [5])
        lookup = PromptLookup([9, 9, 9])
        #expect(lookup.guesses(3) == [9])
        for short in [[], [1], [1, 1], [1, 2, 1]] { #expect(PromptLookup(short).guesses(3) == []) }
    }

    /// A reply without an engine, one token after the other.
    private func plain(_ model: GLM4V, _ prompt: Prompt, _ options: ReplyOptions) throws -> [ReplyToken] {
        let session = Session(model)
        var sampler = Sampler(options.sampling, prompt: prompt.tokens)
        var last = Tensor(rows: 0, columns: 0)
        let features = try prompt.pictures.map { try model.look(at: $0) }
        while session.count < prompt.tokens.count {
            last = try session.readPiece(of: prompt, upTo: prompt.tokens.count, features: features)
        }
        var (logits, tokens) = (session.logits(after: last).elements, [ReplyToken]())
        while tokens.count < options.maximumNewTokens, let token = sampler.next(from: logits) {
            tokens.append(
                ReplyToken(id: token, logprobs: options.topLogprobs.map { Logprobs(of: token, in: logits, top: $0) })
            )
            if model.generation.endTokens.contains(token) { break }
            logits = try session.step(token).elements
        }
        return tokens
    }

    private func question(_ model: GLM4V) throws -> Prompt {
        let path = checkout + "/Models/shapes/samples/triangle-down-circle-left.mp4"
        let clip = try Clip(path: path, .standard, .framesFirst, model.videoProcessor)
        let turn = Conversation.Turn(clips: [clip], text: "What happens?")
        return try Films.conversation(.framesFirst, turn).prompt(for: model, limit: 2000).prompt
    }

    @Test(arguments: [(Float(0), Float(1)), (0, 1.2), (0.3, 1), (1, 1.1)], [1, 2, 7, 400])
    func `a reply is the same without guesses`(shape: (temperature: Float, penalty: Float), limit: Int) async throws {
        let model = try Films.bundled()
        let prompt = try question(model)
        var options = ReplyOptions()
        (options.sampling.temperature, options.sampling.repetitionPenalty) = shape
        (options.sampling.seed, options.maximumNewTokens, options.topLogprobs) = (5, limit, 3)
        let asked = Question(prompt, options)
        var rounds = Rounds(model, PrefixCache(model, budget: 0))
        let run = rounds.begin(asked)
        rounds.finish()
        let (reply, failure) = await asked.reply()
        #expect(failure == nil)
        #expect(reply.tokens == (try plain(model, prompt, options)))
        #expect(run.written.tokens == reply.tokens.count - 1, "of the last nothing follows")
    }

    @Test(arguments: [1, 2]) func `guesses save steps, for one reply and for two`(replies: Int) async throws {
        let model = try Films.bundled()
        var options = ReplyOptions()
        (options.sampling.temperature, options.sampling.repetitionPenalty) = (0, 1)
        func steps(_ rows: Int) async throws -> (count: Int, tokens: [[ReplyToken]]) {
            var rounds = Rounds(model, PrefixCache(model, budget: 64 << 20), rows: rows)
            let asked = try (0..<replies).map { _ in Question(try question(model), options) }
            for question in asked {
                rounds.begin(question)
                rounds.finishReading()
            }
            let read = rounds.count
            rounds.finish()
            var tokens: [[ReplyToken]] = []
            for question in asked { tokens.append(await question.reply().reply.tokens) }
            return (rounds.count - read, tokens)
        }
        let (with, without) = (try await steps(4), try await steps(1))
        #expect(with.tokens == without.tokens && with.tokens[0].count > 100)
        #expect(with.count < without.count * 9 / 10, "\(with.count) steps instead of \(without.count)")
    }
}
