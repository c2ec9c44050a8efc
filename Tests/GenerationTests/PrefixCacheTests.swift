import GLM
import Testing

@testable import Generation

/// What an engine kept from before makes a reply begin sooner, and changes nothing of it: the same tokens, with the same
/// log-probabilities to the last bit.
struct PrefixCacheTests {
    private typealias Turn = Conversation.Turn

    private var options: ReplyOptions {
        var options = ReplyOptions()
        (options.sampling.temperature, options.sampling.seed) = (0.8, 7)
        (options.maximumNewTokens, options.topLogprobs, options.ignoresEnd) = (24, 3, true)
        return options
    }

    private func reply(_ engine: Engine, _ prompt: Prompt) async throws -> Reply {
        var reply = Reply()
        for try await event in try engine.reply(to: prompt, options: options) { reply.append(event) }
        return reply
    }

    private func prompt(_ model: GLM4V, _ conversation: Conversation) throws -> Prompt {
        try conversation.prompt(for: model, limit: 2000).prompt
    }

    @discardableResult
    private func prepare(_ engine: Engine, _ model: GLM4V, _ conversation: Conversation) async throws -> Reading? {
        var reading: Reading?
        for try await event in try engine.prepare(try conversation.preparation(for: model, limit: 2000)) {
            if case .finished(let done) = event { reading = done }
        }
        return reading
    }

    /// The reply of an engine that has done something before, against that of a new one.
    private func expectSame(
        _ engine: Engine,
        _ model: GLM4V,
        _ conversation: Conversation,
        at location: SourceLocation = #_sourceLocation
    ) async throws -> Reading {
        let prompt = try prompt(model, conversation)
        let cold = try await reply(Engine(model), prompt)
        let warm = try await reply(engine, prompt)
        #expect(cold.tokens.count == 24 && cold.reading.reused == 0, sourceLocation: location)
        #expect(warm.tokens == cold.tokens, sourceLocation: location)
        #expect(warm.raw == cold.raw, sourceLocation: location)
        #expect(warm.reading.reused + warm.reading.prefilled == prompt.tokens.count, sourceLocation: location)
        return warm.reading
    }

    @Test(arguments: Layout.allCases)
    func `a prepared video, a follow-up, and the same again`(layout: Layout) async throws {
        let model = try Films.tiny()
        let engine = Engine(model, cacheBytes: 64 << 20)
        let clip = try Films.clip(1)
        var conversation = Films.conversation(layout, Turn(clips: [clip], text: ""))
        let pictures = try prompt(model, conversation).isPicture.count { $0 }

        let prepared = try #require(try await prepare(engine, model, conversation))
        #expect(prepared.looked == pictures)
        let again = try #require(try await prepare(engine, model, conversation))
        #expect(again.looked == 0 && again.prefilled == 0 && again.reused == prepared.prefilled)

        conversation.turns[0].text = "What happens?"
        let first = try await expectSame(engine, model, conversation)
        #expect(first.looked == 0)
        if layout != .questionFirst { #expect(first.reused == prepared.prefilled) }

        let regenerated = try await expectSame(engine, model, conversation)
        #expect(regenerated.prefilled == 1)

        conversation.turns[0].reply = "A square."
        conversation.turns.append(Turn(text: "Which colour?"))
        let followUp = try await expectSame(engine, model, conversation)
        #expect(followUp.reused == first.reused + first.prefilled)
        #expect(followUp.looked == 0)
    }

    @Test(arguments: Layout.allCases)
    func `another question about a video does not look at it again`(layout: Layout) async throws {
        let model = try Films.tiny()
        let engine = Engine(model, cacheBytes: 64 << 20)
        let clip = try Films.clip(1)
        _ = try await expectSame(engine, model, Films.conversation(layout, Turn(clips: [clip], text: "What happens?")))
        let other = Films.conversation(layout, Turn(clips: [clip], text: "Is there a star, and where is it?"))
        let reading = try await expectSame(engine, model, other)
        #expect(reading.looked == 0)
    }

    @Test(arguments: Layout.allCases)
    func `an edit in the middle of a talk`(layout: Layout) async throws {
        let model = try Films.tiny()
        let engine = Engine(model, cacheBytes: 64 << 20)
        let clip = try Films.clip(1)
        func talk(_ question: String) -> Conversation {
            Films.conversation(
                layout,
                Turn(clips: [clip], text: "What?", reply: "A square."),
                Turn(text: question, reply: "Yes."),
                Turn(text: "When?")
            )
        }
        _ = try await expectSame(engine, model, talk("Is it red?"))
        let edited = try await expectSame(engine, model, talk("Is there a blue one?"))
        #expect(edited.looked == 0 && edited.reused > 30)
        // The talk as it was is still known, or as much of it as is quickly read again.
        #expect(try await expectSame(engine, model, talk("Is it red?")).prefilled <= 64)
    }

    @Test(arguments: Layout.allCases)
    func `two videos of equal token counts, in turn`(layout: Layout) async throws {
        let model = try Films.tiny()
        let engine = Engine(model, cacheBytes: 64 << 20)
        let talks = try (1...2).map {
            Films.conversation(layout, Turn(clips: [try Films.clip($0)], text: "What happens?"))
        }
        #expect(try prompt(model, talks[0]).tokens == prompt(model, talks[1]).tokens)
        for round in 0..<3 {
            for talk in talks {
                let reading = try await expectSame(engine, model, talk)
                #expect((reading.looked > 0) == (round == 0))
                #expect((reading.prefilled == 1) == (round > 0))
            }
        }
        #expect(
            try await reply(engine, prompt(model, talks[0])).tokens != reply(engine, prompt(model, talks[1])).tokens
        )
    }

    @Test func `pictures that are not identified are looked at each time`() async throws {
        let model = try Films.tiny()
        let engine = Engine(model, cacheBytes: 64 << 20)
        let clip = try Films.clip(1)
        let unknown = Clip(info: clip.info, frames: clip.frames)
        let talk = Films.conversation(.framesFirst, Turn(clips: [unknown], text: "What happens?"))
        for _ in 0..<2 { #expect(try await expectSame(engine, model, talk).looked > 0) }
    }

    @Test(arguments: [0, 40_000, 100_000])
    func `what is kept stays within its memory, the latest longest`(budget: Int) async throws {
        let model = try Films.tiny()
        let engine = Engine(model, cacheBytes: budget)
        let talks = try (1...5).map {
            Films.conversation(.framesFirst, Turn(clips: [try Films.clip($0)], text: "What happens?"))
        }
        var kept = 0
        for talk in talks + talks.reversed() {
            let reading = try await expectSame(engine, model, talk)
            kept += reading.prefilled == 1 ? 1 : 0
            let load = engine.load
            #expect(load.cachedBytes <= budget)
            #expect((load.cachedBytes > 0) == (budget > 0))
        }
        #expect((kept > 0) == (budget > 0) && kept < 5)
    }

    @Test func `a reply that was stopped leaves what it read`() async throws {
        let model = try Films.tiny()
        let engine = Engine(model, cacheBytes: 64 << 20)
        let talk = Films.conversation(.framesFirst, Turn(clips: [try Films.clip(1)], text: "What happens?"))
        for try await event in try engine.reply(to: prompt(model, talk), options: options) {
            if case .token = event { break }
        }
        #expect(try await expectSame(engine, model, talk).prefilled == 1)
    }

}
