import GLM
import Testing

@testable import Generation

/// Whatever was asked, prepared or broken off before, a reply is that of a new engine, to the last bit.
struct CacheLawTests {
    private typealias Turn = Conversation.Turn

    @Test(arguments: [(1, 60_000), (2, 1 << 20), (3, 0), (4, 200_000)])
    func `any history gives the reply of a new engine`(seed: UInt64, budget: Int) async throws {
        var random = SplitMix64(seed: seed)
        let model = try Films.tiny()
        let engine = Engine(model, cacheBytes: budget)
        let clips = try (1...3).map { try Films.clip($0, frames: 2) }
        var options = ReplyOptions()
        (options.sampling.temperature, options.sampling.seed) = (1, seed)
        (options.maximumNewTokens, options.topLogprobs, options.ignoresEnd) = (6, 2, true)
        var (known, reused) = ([Conversation](), 0)

        for _ in 0..<25 {
            let talk = talk(clips, known, &random)
            known.append(talk)
            let prompt = try talk.prompt(for: model, limit: 4000).prompt
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                for try await _ in try engine.prepare(try talk.preparation(for: model, limit: 4000)) {}
            case 1:
                for try await event in try engine.reply(to: prompt, options: options) {
                    if case .progress(.prefill, _, _) = event { break }
                }
            default:
                let (warm, cold) = (
                    try await reply(engine, prompt, options), try await reply(Engine(model), prompt, options)
                )
                #expect(warm.tokens == cold.tokens && warm.raw == cold.raw, "\(prompt.text)")
                #expect(warm.reading.reused + warm.reading.prefilled == prompt.tokens.count)
                reused += warm.reading.reused
            }
        }
        #expect((reused > 0) == (budget > 0))
        #expect(engine.load.cachedBytes <= budget)
    }

    private func reply(_ engine: Engine, _ prompt: Prompt, _ options: ReplyOptions) async throws -> Reply {
        var reply = Reply()
        for try await event in try engine.reply(to: prompt, options: options) { reply.append(event) }
        return reply
    }

    /// A talk from before that goes on, or is edited, or another one.
    private func talk(_ clips: [Clip], _ known: [Conversation], _ random: inout SplitMix64) -> Conversation {
        func word() -> String {
            ["What?", "Why?", "A square.", "It falls at 1 s.", ""].randomElement(using: &random) ?? ""
        }
        guard var talk = known.randomElement(using: &random), Bool.random(using: &random) else {
            let layout = Layout.allCases.randomElement(using: &random) ?? .video
            let some = clips.filter { _ in Bool.random(using: &random) }
            return Films.conversation(layout, Turn(clips: some, text: word()))
        }
        let last = talk.turns.count - 1
        switch Int.random(in: 0..<4, using: &random) {
        case 0: talk.turns[Int.random(in: 0...last, using: &random)].text = word()
        case 1: talk.system = [nil, "You help."].randomElement(using: &random) ?? nil
        default:
            talk.turns[last].reply = word()
            let brings = Int.random(in: 0..<3, using: &random) == 0
            talk.turns.append(Turn(clips: brings ? clips.suffix(1) : [], text: word()))
        }
        return talk
    }
}
