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

    /// Something that is false so many times.
    private final class Countdown {
        private(set) var left: Int

        init(_ count: Int) { left = count }

        func callAsFunction() -> Bool {
            left -= 1
            return left < 0
        }
    }

    private func reader(
        _ cache: PrefixCache,
        isScored: Bool = false,
        isStopped: @escaping () -> Bool = { false }
    ) -> PromptReader {
        PromptReader(model, preparation.beginning, cache, isScored: isScored, isStopped: isStopped) { _, _, _ in }
    }

    private func finish(_ reader: inout PromptReader) throws {
        while !reader.isDone { try reader.advance() }
    }

    @Test func `looking goes on where it was paused or stopped`() throws {
        let cache = PrefixCache(model, budget: 64 << 20)
        let beginning = preparation.beginning
        let tokens = preparation.pictures.map(\.grid.tokens)
        var first = reader(cache)
        for _ in 0..<5 { try first.advance() }
        #expect(first.reading.looked == tokens[..<5].reduce(0, +))
        cache.settle(first.timeline, of: beginning)

        let stop = Countdown(7 * model.vision.blocks.count + 1)
        var second = reader(cache, isStopped: stop.callAsFunction)
        #expect(throws: CancellationError.self) { try finish(&second) }
        #expect(second.reading.looked == tokens[5..<12].reduce(0, +))
        cache.settle(second.timeline, of: beginning)

        var third = reader(cache)
        try finish(&third)
        #expect(third.reading.looked == tokens[12...].reduce(0, +))
    }

    @Test func `reading goes on where it was paused or stopped, and ends with the same scores`() throws {
        let cache = PrefixCache(model, budget: 64 << 20)
        let (beginning, total) = (preparation.beginning, preparation.beginning.tokens.count)
        var first = reader(cache)
        for _ in preparation.pictures { try first.advance() }
        try first.advance()
        #expect(first.reading.prefilled == Session.piece)
        cache.settle(first.timeline, of: beginning)

        // Stopped between two layers of the second piece: nothing of it counts.
        let stop = Countdown(1)
        var second = reader(cache, isStopped: stop.callAsFunction)
        #expect(second.reading.reused == Session.piece)
        #expect(throws: CancellationError.self) { try finish(&second) }
        #expect(second.reading.looked == 0 && second.reading.prefilled == 0)
        cache.settle(second.timeline, of: beginning)

        var third = reader(cache, isScored: true)
        try finish(&third)
        #expect(third.reading.reused == Session.piece && third.reading.prefilled == total - Session.piece)
        var cold = reader(PrefixCache(model, budget: 0), isScored: true)
        try finish(&cold)
        let (scores, expected) = (third.logits, cold.logits)
        #expect(scores == expected && scores.count == model.config.text.vocabularySize)
    }

    @Test func `pieces of another size end with the same scores`() throws {
        func scores(by size: Int) throws -> [Float] {
            var reader = reader(PrefixCache(model, budget: 0), isScored: true)
            while !reader.isDone { try reader.advance(by: size) }
            return reader.logits
        }
        let whole = try scores(by: Session.piece)
        for size in [1, 64, 100] { #expect(try scores(by: size) == whole, "\(size)") }
    }

    @Test func `pictures that stand after the question are looked at all the same`() throws {
        let talk = Films.conversation(.questionFirst, Turn(clips: [try Films.clip(1)], text: "What?"))
        let preparation = try talk.preparation(for: model, limit: 2000)
        #expect(preparation.beginning.pictures.isEmpty && preparation.pictures.count == 3)
        let cache = PrefixCache(model, budget: 64 << 20)
        var reader = PromptReader(
            model,
            preparation.beginning,
            also: preparation.pictures,
            cache,
            isScored: false,
            isStopped: { false }
        ) { _, _, _ in }
        try finish(&reader)
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
