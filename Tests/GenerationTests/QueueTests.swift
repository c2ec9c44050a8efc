import GLM
import Testing

@testable import Generation

/// Who waits, and who goes first. An endless reply keeps the engine busy meanwhile.
struct QueueTests {
    private typealias Turn = Conversation.Turn

    private let model: GLM4V
    private let prompt: Prompt

    init() throws {
        model = try Films.bundled()
        let talk = Films.conversation(.framesFirst, Turn(text: "What is there?"))
        prompt = try talk.prompt(for: model, limit: 2000).prompt
    }

    private func options(_ tokens: Int) -> ReplyOptions {
        var options = ReplyOptions()
        (options.maximumNewTokens, options.ignoresEnd, options.sampling.temperature) = (tokens, true, 0)
        return options
    }

    /// A reply that goes on until it is cancelled, once it has begun.
    private func busy(_ engine: Engine, owner: String = "") async throws -> Task<Void, any Error> {
        let stream = try engine.reply(to: prompt, options: options(3072), owner: owner)
        let (begun, signal) = AsyncStream<Void>.makeStream()
        let task = Task {
            for try await event in stream {
                if case .token = event { signal.yield() }
            }
        }
        for await _ in begun { break }
        return task
    }

    @Test func `each learns its position as it changes, and owners take turns`() async throws {
        let engine = Engine(model)
        let running = try await busy(engine, owner: "a")
        let streams = try ["a", "a", "b"].map { try engine.reply(to: prompt, options: options(1), owner: $0) }
        #expect(engine.load.isAnswering && engine.load.waiting == 3)
        running.cancel()
        var positions: [[Int]] = []
        for stream in streams {
            var mine: [Int] = []
            for try await event in stream { if case .queued(let position) = event { mine.append(position) } }
            positions.append(mine)
        }
        #expect(positions == [[1, 2, 1], [2, 3, 2, 1], [1]])
    }

    @Test func `beyond the places a question is refused with a time to come back`() async throws {
        let engine = Engine(model, places: 2)
        let running = try await busy(engine)
        let waiting = try (0..<2).map { _ in try engine.reply(to: prompt, options: options(1)) }
        let error = #expect(throws: QueueFull.self) { try engine.reply(to: prompt, options: options(1)) }
        #expect(error?.waiting == 2)
        #expect(error.map { $0.retryAfter >= .seconds(1) } ?? false)
        #expect(error?.description.hasPrefix("2 questions are waiting already: ask again in ") ?? false)
        let newcomer = try engine.reply(to: prompt, options: options(1), owner: "b")
        running.cancel()
        for stream in waiting + [newcomer] { for try await _ in stream {} }
        #expect(engine.load.waiting == 0)
    }

    @Test func `who leaves frees the place at once, and the others move up`() async throws {
        let engine = Engine(model, places: 2)
        let running = try await busy(engine)
        let leaving = try engine.reply(to: prompt, options: options(1))
        let staying = try engine.reply(to: prompt, options: options(1))
        let task = Task { for try await _ in leaving {} }
        task.cancel()
        _ = try? await task.value
        #expect(engine.load.waiting == 1)
        let third = try engine.reply(to: prompt, options: options(1))
        running.cancel()
        var positions: [Int] = []
        for try await event in staying { if case .queued(let position) = event { positions.append(position) } }
        #expect(positions == [2, 1])
        for try await _ in third {}
    }

    @Test func `a stream that nobody holds any more frees its place`() async throws {
        let engine = Engine(model)
        let running = try await busy(engine)
        do { _ = try engine.reply(to: prompt, options: options(1)) }
        #expect(engine.load.waiting == 0)
        running.cancel()
    }

    @Test func `what cannot be asked is refused at once`() throws {
        let engine = Engine(model, context: 12)
        #expect(engine.context == 12)
        #expect(Engine(model, context: 1 << 40).context == 8192)
        #expect(throws: OptionError.self) { try engine.reply(to: prompt, options: options(0)) }
        #expect(throws: GenerationError.contextExceeded(tokens: prompt.tokens.count, context: 12)) {
            try engine.reply(to: prompt, options: options(1))
        }
        let clip = try Films.clip(1)
        let preparation = try Films.conversation(.video, Turn(clips: [clip], text: "")).preparation(
            for: model,
            limit: 4000
        )
        #expect(throws: GenerationError.self) { try engine.prepare(preparation) }
    }

    @Test func `a reply ends where the engine's context does`() async throws {
        let engine = Engine(model, context: prompt.tokens.count + 5)
        var reply = Reply()
        for try await event in try engine.reply(to: prompt, options: options(50)) { reply.append(event) }
        #expect(reply.tokens.count == 5 && reply.finish == .length)
    }
}
