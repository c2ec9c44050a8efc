import GLM
import Tensors
import Testing

@testable import Generation

/// A prompt is looked at and read piece by piece, and what is done is not done again.
struct PreparationTests {
    private typealias Turn = Conversation.Turn

    private let model: GLM4V
    private let preparation: Preparation

    init() throws {
        model = try Films.tiny()
        let clip = try Films.clip(1, frames: 40)
        preparation = try Films.conversation(.framesFirst, Turn(clips: [clip], text: "")).preparation(
            for: model,
            limit: 8000
        )
        try #require(preparation.beginning.tokens.count > 2 * Session.piece)
    }

    /// Something that is true from the `count`-th time on.
    private final class Countdown {
        private(set) var left: Int

        init(_ count: Int) { left = count }

        func callAsFunction() -> Bool {
            left -= 1
            return left < 0
        }
    }

    private func reader(_ cache: PrefixCache, isStopped: @escaping () -> Bool = { false }) -> PromptReader {
        PromptReader(model, preparation.beginning, cache, isStopped: isStopped) { _, _, _ in }
    }

    @Test func `looking goes on where it was paused or stopped`() throws {
        let cache = PrefixCache(model, budget: 64 << 20)
        let tokens = preparation.pictures.map(\.grid.tokens)
        var first = reader(cache)
        let pause = Countdown(5)
        #expect(try !first.look(isPaused: pause.callAsFunction))
        #expect(first.reading.looked == tokens[..<5].reduce(0, +))

        let stop = Countdown(7 * model.vision.blocks.count + 1)
        var second = reader(cache, isStopped: stop.callAsFunction)
        #expect(throws: CancellationError.self) { try second.look() }
        #expect(second.reading.looked == tokens[5..<12].reduce(0, +))

        var third = reader(cache)
        #expect(try third.look())
        #expect(third.reading.looked == tokens[12...].reduce(0, +))
    }

    @Test func `reading goes on where it was paused or stopped, and ends with the same scores`() throws {
        let cache = PrefixCache(model, budget: 64 << 20)
        let total = preparation.beginning.tokens.count
        var first = reader(cache)
        _ = try first.look()
        let pause = Countdown(1)
        #expect(try !first.read(isPaused: pause.callAsFunction))
        #expect(first.reading.prefilled == Session.piece)
        cache.settle(first.timeline, at: total)

        // Stopped between two layers of the second piece: nothing of it counts.
        let stop = Countdown(1)
        var second = reader(cache, isStopped: stop.callAsFunction)
        _ = try second.look()
        #expect(second.reading.reused == Session.piece && second.reading.looked == 0)
        #expect(throws: CancellationError.self) { try second.read(isPaused: { false }) }
        #expect(second.reading.prefilled == 0)

        var third = reader(cache)
        var scores: [Float] = []
        _ = try third.look()
        try third.read(into: &scores)
        #expect(third.reading.reused == Session.piece && third.reading.prefilled == total - Session.piece)
        var cold = reader(PrefixCache(model, budget: 0))
        var expected: [Float] = []
        _ = try cold.look()
        try cold.read(into: &expected)
        #expect(scores == expected && scores.count == model.config.text.vocabularySize)
    }

    @Test func `pictures that stand after the question are looked at all the same`() throws {
        let talk = Films.conversation(.questionFirst, Turn(clips: [try Films.clip(1)], text: "What?"))
        let preparation = try talk.preparation(for: model, limit: 2000)
        #expect(preparation.beginning.pictures.isEmpty && preparation.pictures.count == 3)
        let cache = PrefixCache(model, budget: 64 << 20)
        var reader = PromptReader(model, preparation.beginning, cache, isStopped: { false }) { _, _, _ in }
        #expect(try reader.look(also: preparation.pictures))
        #expect(reader.reading.looked == preparation.pictures.reduce(0) { $0 + $1.grid.tokens })
        #expect(preparation.pictures.allSatisfy { cache.features(of: $0) != nil })
    }

    @Test func `the speed is measured as it goes`() async throws {
        let engine = Engine(model, cacheBytes: 64 << 20)
        #expect(engine.speed.time(pictureTokens: 10, promptTokens: 10) == nil)
        try await engine.measure()
        #expect(engine.speed.vision != nil && engine.speed.prefill != nil && engine.speed.decode == nil)
        let prompt = try Films.conversation(.framesFirst, Turn(text: "What?")).prompt(for: model, limit: 2000).prompt
        var (options, reply) = (ReplyOptions(), Reply())
        (options.maximumNewTokens, options.ignoresEnd) = (20, true)
        for try await event in try engine.reply(to: prompt, options: options) { reply.append(event) }
        let speed = engine.speed
        let (vision, prefill) = (try #require(speed.vision), try #require(speed.prefill))
        #expect(vision > 0 && prefill > 0 && (speed.decode ?? 0) > 0)
        let time = try #require(speed.time(pictureTokens: 100, promptTokens: 200)) / .seconds(1)
        #expect(abs(time - (100 / vision + 200 / prefill)) < 1e-6 * time)
        #expect(speed.time(newTokens: 10).map { $0 > .zero } ?? false)
        #expect(reply.timeToFirstToken.map { $0 > .zero } ?? false)
        #expect(reply.tokensPerSecond.map { $0 > 0 } ?? false)
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
