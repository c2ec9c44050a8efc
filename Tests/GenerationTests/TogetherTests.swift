import GLM
import Tensors
import Testing

@testable import Generation

/// An engine that answers several at once.
struct TogetherTests {
    private typealias Turn = Conversation.Turn

    private let model: GLM4V
    private let prompt: Prompt

    init() throws {
        model = try Films.tiny()
        prompt = try Films.prompt(for: model)
    }

    private func options(_ tokens: Int, seed: UInt64 = 1) -> ReplyOptions {
        var options = ReplyOptions()
        (options.maximumNewTokens, options.ignoresEnd, options.topLogprobs) = (tokens, true, 2)
        (options.sampling.temperature, options.sampling.seed) = (1, seed)
        return options
    }

    private func reply(_ stream: ReplyStream) async throws -> Reply {
        var reply = Reply()
        for try await event in stream { reply.append(event) }
        return reply
    }

    /// Tokens of memory beyond what both may come to need, and whether they are answered at once.
    @Test(arguments: [(0, true), (-1, false)])
    func `a short answer does not wait for a long one, where memory holds both`(spare: Int, together: Bool) async throws
    {
        let tokens = 2 * prompt.tokens.count + 3000 + 5
        let engine = Engine(model, cacheBytes: (tokens + spare) * Session.bytesPerToken(model))
        let release = await engine.hold()
        let (long, short) = (
            try engine.reply(to: prompt, options: options(3000)),
            try engine.reply(to: prompt, options: options(5, seed: 2), owner: "b")
        )
        release()
        let reply = try await reply(short)
        #expect(engine.load.answering == (together ? 1 : 0))
        #expect(
            reply.tokens == (try await self.reply(Engine(model).reply(to: prompt, options: options(5, seed: 2))).tokens)
        )
        for try await event in long { if case .token = event { break } }
    }

    @Test func `as many as are wanted are answered at once, and the others wait in line`() async throws {
        let engine = Engine(model, cacheBytes: 64 << 20, together: 2)
        let release = await engine.hold()
        let streams = try (0..<3).map { _ in try engine.reply(to: prompt, options: options(3000)) }
        #expect(engine.load.waiting == 3 && engine.load.answering == 0)
        release()
        let readers = streams.map { stream in Task { try await self.reply(stream) } }
        while engine.load.answering < 2 { try await Task.sleep(for: .milliseconds(1)) }
        #expect(engine.load.waiting == 1)
        for reader in readers { reader.cancel() }
        for reader in readers { #expect(try await reader.value.finish == .cancelled) }
        while engine.load.answering > 0 { try await Task.sleep(for: .milliseconds(1)) }
        #expect(try await reply(engine.reply(to: prompt, options: options(5))).tokens.count == 5)
    }

    /// Many ask, prepare and leave at once; whatever the threads make of it, each answer is that of a new engine.
    @Test(arguments: [(1, 64 << 20), (2, 300_000), (3, 150_000)])
    func `many at once, whatever they do`(seed: UInt64, budget: Int) async throws {
        let engine = Engine(model, cacheBytes: budget, together: 3)
        let clips = try (1...2).map { try Films.clip($0, frames: 3) }
        let reused = try await withThrowingTaskGroup(of: Int.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    try await work(engine, clips, SplitMix64(seed: seed * 100 + UInt64(worker)), "\(worker)")
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(reused > 0)
        // Who left is let go of in the next round.
        while engine.load.answering > 0 { try await Task.sleep(for: .milliseconds(1)) }
        #expect(engine.load.cachedBytes <= budget)
    }

    /// Returns how many tokens were known before.
    private func work(_ engine: Engine, _ clips: [Clip], _ random: SplitMix64, _ owner: String) async throws -> Int {
        var (random, reused) = (random, 0)
        for _ in 0..<10 {
            let layout = Layout.allCases.randomElement(using: &random) ?? .video
            let clip = clips.randomElement(using: &random).map { [$0] } ?? []
            let text = ["What?", "Is there a star, and where is it?"].randomElement(using: &random) ?? ""
            let talk = Films.conversation(layout, Turn(clips: clip, text: text))
            let asked = try talk.prompt(for: model, limit: 2000).prompt
            let options = options(.random(in: 1...30, using: &random), seed: random.next())
            switch Int.random(in: 0..<5, using: &random) {
            case 0:
                for try await _ in try engine.prepare(try talk.preparation(for: model, limit: 2000), owner: owner) {}
            case 1:
                for try await event in try engine.reply(to: asked, options: options, owner: owner) {
                    if case .token = event { break }
                }
            default:
                let warm = try await reply(engine.reply(to: asked, options: options, owner: owner))
                let cold = try await reply(Engine(model).reply(to: asked, options: options))
                #expect(warm.tokens == cold.tokens && warm.raw == cold.raw, "\(asked.text)")
                #expect(warm.reading.reused + warm.reading.prefilled == asked.tokens.count)
                reused += warm.reading.reused
            }
        }
        return reused
    }
}
