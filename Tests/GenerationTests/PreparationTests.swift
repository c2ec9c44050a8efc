import GLM
import Testing

@testable import Generation

/// A preparation runs when nobody asks.
struct PreparationTests {
    private typealias Turn = Conversation.Turn

    private let model: GLM4V
    private let engine: Engine
    private let question: Prompt

    init() throws {
        model = try Films.bundled()
        engine = Engine(model, cacheBytes: 256 << 20)
        question = try Films.conversation(.framesFirst, Turn(text: "What is there?")).prompt(for: model, limit: 2000)
            .prompt
    }

    private func preparation(_ seed: Int, frames: Int) throws -> Preparation {
        let clip = try Films.clip(seed, frames: frames, width: 140, height: 84)
        return try Films.conversation(.framesFirst, Turn(clips: [clip], text: "")).preparation(for: model, limit: 8000)
    }

    private func options(_ tokens: Int) -> ReplyOptions {
        var options = ReplyOptions()
        (options.maximumNewTokens, options.ignoresEnd, options.sampling.temperature) = (tokens, true, 0)
        return options
    }

    @Test func `a question goes first, and what was done is not done again`() async throws {
        let long = try preparation(1, frames: 60)
        var (events, answered, asked): ([PreparationEvent], Reply, ReplyStream?) = ([], Reply(), nil)
        for try await event in try engine.prepare(long) {
            events.append(event)
            if case .progress(.vision, done: 3, total: 60) = event {
                asked = try engine.reply(to: question, options: options(3))
            }
            guard event == .paused, let stream = asked else { continue }
            for try await event in stream { answered.append(event) }
            #expect(engine.load.preparing == 1)
        }
        let pause = try #require(events.firstIndex(of: .paused))
        #expect(answered.tokens.count == 3)
        guard case .progress(.vision, let before, _) = events[pause - 1] else {
            Issue.record("\(events[pause - 1])")
            return
        }
        #expect(before < 60)
        // It goes on with the pictures that are left.
        let after = events[(pause + 1)...].first
        #expect(after == .progress(.vision, done: 0, total: 60 - before))
        guard case .finished(let reading) = events.last else {
            Issue.record("it ends with \(String(describing: events.last))")
            return
        }
        #expect(reading.prefilled == long.beginning.tokens.count - reading.reused)
        #expect(engine.load.preparing == 0)
    }

    @Test func `a newer preparation of an owner takes the place of the older, another owner's does not`() async throws {
        let (first, second) = (try preparation(1, frames: 60), try preparation(2, frames: 2))
        var newer: PreparationStream?
        await #expect(throws: CancellationError.self) {
            for try await event in try engine.prepare(first, owner: "a") {
                if case .progress(.vision, done: 2, _) = event { newer = try engine.prepare(second, owner: "a") }
            }
        }
        var events: [PreparationEvent] = []
        for try await event in try #require(newer) { events.append(event) }
        guard case .finished(let reading) = events.last else {
            Issue.record("it ends with \(String(describing: events.last))")
            return
        }
        #expect(reading.looked == second.pictures.reduce(0) { $0 + $1.grid.tokens })

        let streams = try ["a", "b"].enumerated().map { i, owner in
            try engine.prepare(try preparation(3 + i, frames: 2), owner: owner)
        }
        for stream in streams {
            var isFinished = false
            for try await event in stream { if case .finished = event { isFinished = true } }
            #expect(isFinished)
        }
    }

    @Test func `a preparation that nobody listens to stops, and keeps what it has done`() async throws {
        let long = try preparation(1, frames: 60)
        for try await event in try engine.prepare(long) {
            if case .progress(.vision, done: 5, _) = event { break }
        }
        var first: PreparationEvent?
        for try await event in try engine.prepare(long) {
            first = event
            break
        }
        guard case .progress(.vision, done: 0, let left) = first else {
            Issue.record("\(String(describing: first))")
            return
        }
        #expect(left <= 55 && left > 0)
    }

    @Test func `a stopped reading of the prompt goes on where it stopped`() async throws {
        let long = try preparation(1, frames: 60)
        try #require(long.beginning.tokens.count > 3 * Session.piece)
        for try await event in try engine.prepare(long) {
            if case .progress(.prefill, let done, _) = event, done > 0 { break }
        }
        var reading: Reading?
        for try await event in try engine.prepare(long) {
            if case .finished(let done) = event { reading = done }
        }
        let found = try #require(reading)
        #expect(found.reused >= Session.piece && found.looked == 0)
        #expect(found.reused % Session.piece == 0 || found.prefilled == 0)
    }

    @Test func `the speed is measured as it goes`() async throws {
        #expect(engine.speed.time(pictureTokens: 10, promptTokens: 10) == nil)
        try await engine.measure()
        #expect(engine.speed.vision != nil && engine.speed.prefill != nil && engine.speed.decode == nil)
        for try await _ in try engine.reply(to: question, options: options(20)) {}
        let speed = engine.speed
        let (vision, prefill, decode) = (
            try #require(speed.vision), try #require(speed.prefill), try #require(speed.decode)
        )
        #expect(vision > 0 && prefill > 0 && decode > 0)
        let time = try #require(speed.time(pictureTokens: 100, promptTokens: 200)) / .seconds(1)
        #expect(abs(time - (100 / vision + 200 / prefill)) < 1e-6 * time)
        #expect(speed.time(newTokens: 10).map { $0 > .zero } ?? false)
    }

    @Test func `an average of a speed follows what is new`() {
        var speed = Speed()
        var reading = Reading()
        (reading.prefilled, reading.prefill) = (4096, .seconds(1))
        for _ in 0..<10 { speed.add(reading) }
        (reading.prefilled, reading.prefill) = (4096, .seconds(4))
        for _ in 0..<10 { speed.add(reading) }
        #expect(speed.prefill.map { abs($0 - 1024) < 10 } ?? false)
        #expect(speed.vision == nil && speed.time(pictureTokens: 1, promptTokens: 1) == nil)
        #expect(speed.time(pictureTokens: 0, promptTokens: 1024).map { $0 > .milliseconds(980) } ?? false)
    }
}
