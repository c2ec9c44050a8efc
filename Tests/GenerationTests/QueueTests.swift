import Dispatch
import GLM
import Testing

@testable import Generation

extension Engine {
    fileprivate func run(_ body: @Sendable () -> Void) { body() }

    /// Keeps the engine's thread busy until what is returned is called.
    nonisolated func hold() async -> @Sendable () -> Void {
        let release = DispatchSemaphore(value: 0)
        await withCheckedContinuation { begun in
            Task {
                await run {
                    begun.resume()
                    release.wait()
                }
            }
        }
        return { release.signal() }
    }
}

/// Who comes to a busy engine, and who leaves it.
struct QueueTests {
    private typealias Turn = Conversation.Turn

    private let model: GLM4V
    private let prompt: Prompt

    init() throws {
        model = try Films.tiny()
        prompt = try Films.prompt(for: model)
    }

    private func options(_ tokens: Int) -> ReplyOptions {
        var options = ReplyOptions()
        (options.maximumNewTokens, options.ignoresEnd, options.sampling.temperature) = (tokens, true, 0)
        return options
    }

    @Test func `beyond the places a question is refused, and later it is not`() async throws {
        let engine = Engine(model, places: 2)
        let release = await engine.hold()
        let waiting = try (0..<2).map { _ in try engine.reply(to: prompt, options: options(1)) }
        let error = #expect(throws: QueueFull.self) { try engine.reply(to: prompt, options: options(1)) }
        #expect(error == QueueFull(waiting: 2, retryAfter: .seconds(10)))
        #expect(error?.description == "2 are waiting already: try again in 10 s")
        let newcomer = try engine.reply(to: prompt, options: options(1), owner: "b")
        #expect(engine.load.waiting == 3)
        release()
        for stream in waiting + [newcomer] {
            var reply = Reply()
            for try await event in stream { reply.append(event) }
            #expect(reply.finish == .length)
        }
        #expect(engine.load.waiting == 0 && engine.load.answering == 0)
        for try await _ in try engine.reply(to: prompt, options: options(1)) {}
    }

    @Test func `who leaves frees the place at once`() async throws {
        let engine = Engine(model, places: 2)
        let release = await engine.hold()
        let leaving = try engine.reply(to: prompt, options: options(1))
        let staying = try engine.reply(to: prompt, options: options(1))
        let task = Task { for try await _ in leaving {} }
        task.cancel()
        _ = try? await task.value
        #expect(engine.load.waiting == 1)
        do { _ = try engine.reply(to: prompt, options: options(1)) }  // nobody holds this one
        #expect(engine.load.waiting == 1)
        release()
        var positions: [Int] = []
        for try await event in staying { if case .queued(let position) = event { positions.append(position) } }
        #expect(positions == [2, 1])
    }

    @Test func `a newer preparation of an owner takes the place of the older, another owner's does not`() async throws {
        let engine = Engine(model, cacheBytes: 64 << 20)
        let release = await engine.hold()
        let streams = try [(1, "a"), (2, "b"), (3, "a")].map { seed, owner in
            let talk = Films.conversation(.video, Turn(clips: [try Films.clip(seed)], text: ""))
            return try engine.prepare(try talk.preparation(for: model, limit: 2000), owner: owner)
        }
        #expect(engine.load.preparing == 2)
        release()
        await #expect(throws: CancellationError.self) { for try await _ in streams[0] {} }
        for stream in streams[1...] {
            var last: PreparationEvent?
            for try await event in stream { last = event }
            guard case .finished(let reading) = last else {
                Issue.record("it ends with \(String(describing: last))")
                continue
            }
            #expect(reading.looked > 0)
        }
        #expect(engine.load.preparing == 0)
    }

    @Test func `a question and a preparation at once are both done`() async throws {
        let engine = Engine(model, cacheBytes: 64 << 20)
        let talk = Films.conversation(.video, Turn(clips: [try Films.clip(1)], text: ""))
        let release = await engine.hold()
        let prepared = try engine.prepare(try talk.preparation(for: model, limit: 2000))
        let answered = try engine.reply(to: prompt, options: options(2))
        release()
        var reply = Reply()
        for try await event in answered { reply.append(event) }
        #expect(reply.tokens.count == 2)
        var isFinished = false
        for try await event in prepared { if case .finished = event { isFinished = true } }
        #expect(isFinished)
    }

    @Test func `what cannot be asked is refused at once`() throws {
        let engine = Engine(model, context: 12)
        #expect(engine.context == 12)
        #expect(Engine(model, context: 1 << 40).context == model.config.text.contextLength)
        #expect(throws: OptionError.self) { try engine.reply(to: prompt, options: options(0)) }
        #expect(throws: GenerationError.contextExceeded(tokens: prompt.tokens.count, context: 12)) {
            try engine.reply(to: prompt, options: options(1))
        }
        let talk = Films.conversation(.video, Turn(clips: [try Films.clip(1)], text: ""))
        let preparation = try talk.preparation(for: model, limit: 2000)
        #expect(throws: GenerationError.self) { try engine.prepare(preparation) }
        #expect(throws: QueueFull.self) { try Engine(model, places: 0).reply(to: prompt, options: options(1)) }
        #expect(throws: QueueFull.self) { try Engine(model, places: 0).prepare(preparation) }
    }

    @Test func `a reply ends where the engine's context does`() async throws {
        let engine = Engine(model, context: prompt.tokens.count + 5)
        var reply = Reply()
        for try await event in try engine.reply(to: prompt, options: options(50)) { reply.append(event) }
        #expect(reply.tokens.count == 5 && reply.finish == .length)
    }
}
