import Foundation
import GLM
import Tensors
import TestSupport
import Testing
import Weights

@testable import Generation

/// Replies that are made together are each what they are alone: token by token, with the same log-probabilities to the last
/// bit, whoever comes, goes or fails beside them.
struct BatchTests {
    private typealias Turn = Conversation.Turn

    private func prompt(_ model: GLM4V, _ layout: Layout, _ clips: [Clip], _ text: String) throws -> Prompt {
        try Films.conversation(layout, Turn(clips: clips, text: text)).prompt(for: model, limit: 2000).prompt
    }

    private func options(_ tokens: Int, seed: UInt64 = 1, temperature: Float = 0.9) -> ReplyOptions {
        var options = ReplyOptions()
        (options.sampling.temperature, options.sampling.seed) = (temperature, seed)
        (options.maximumNewTokens, options.topLogprobs, options.ignoresEnd) = (tokens, 3, true)
        return options
    }

    private func alone(_ model: GLM4V, _ question: Question) async throws -> Reply {
        var reply = Reply()
        for try await event in try Engine(model).reply(to: question.job.prompt, options: question.job.options) {
            reply.append(event)
        }
        return reply
    }

    private func expectAlone(
        _ model: GLM4V,
        _ question: Question,
        at location: SourceLocation = #_sourceLocation
    ) async throws {
        let expected = try await alone(model, question)
        let (reply, failure) = await question.reply()
        #expect(failure == nil, sourceLocation: location)
        #expect(reply.tokens == expected.tokens, "\(question.job.prompt.text)", sourceLocation: location)
        #expect(reply.raw == expected.raw && reply.finish == expected.finish, sourceLocation: location)
        #expect(
            reply.thought == expected.thought && reply.answer == expected.answer && reply.marks == expected.marks,
            sourceLocation: location
        )
    }

    private func questions(_ model: GLM4V) throws -> [Question] {
        let clips = [try Films.clip(1), try Films.clip(2, frames: 6)]
        var asked = [
            (try prompt(model, .framesFirst, [clips[0]], "What happens?"), options(40, seed: 1)),
            (
                try prompt(model, .video, [clips[1]], "Is there a star, and where?"),
                options(12, seed: 2, temperature: 2)
            ),
            (try prompt(model, .framesFirst, [], "Hello"), options(25, temperature: 0)),
            (try prompt(model, .questionFirst, [clips[0]], "And when?"), options(30, seed: 4)),
        ]
        asked[0].1.maximumThinkingTokens = 4
        asked[3].1.ignoresEnd = false
        return asked.map { Question($0.0, $0.1) }
    }

    @Test(
        arguments: ["Tests/GLMTests/Golden/tiny-a", "Models/shapes"],
        [[0, 0, 0, 0], [0, 3, 9, 11], [0, 20, 21, 45]]
    )
    func `replies that begin at any time and end at any time`(checkpoint: String, starts: [Int]) async throws {
        try await expectAlone(GLM4V(directory: checkout + "/" + checkpoint), starts)
    }

    @Test(arguments: [Precision.q8, .q4])
    func `packed, with keys and values in whole numbers`(precision: Precision) async throws {
        let folder = try TemporaryFolder()
        try FileManager.default.copyItem(atPath: checkout + "/Models/shapes", toPath: folder.path + "/shapes")
        let files = try ModelFiles(directory: folder.path + "/shapes")
        try files.pack(precision, isStopped: { false }) { _, _ in }
        try await expectAlone(GLM4V(directory: files.directory, precision: precision), [0, 3, 9, 11])
    }

    /// Replies that begin in these rounds, against each of them alone.
    private func expectAlone(_ model: GLM4V, _ starts: [Int]) async throws {
        let questions = try questions(model)
        var waiting = zip(questions, starts).map { (question: $0, start: $1) }[...]
        var rounds = Rounds(model, PrefixCache(model, budget: 64 << 20), rows: 1)
        while !waiting.isEmpty || !rounds.isEmpty {
            if !rounds.isReading, let next = waiting.first, next.start <= rounds.count {
                rounds.begin(next.question)
                waiting.removeFirst()
            }
            rounds.go()
        }
        #expect(rounds.count < 85, "of 107 tokens many were written together")
        for question in questions { try await expectAlone(model, question) }
    }

    @Test func `one that leaves in the middle disturbs nobody and leaves what it read`() async throws {
        let model = try Films.tiny()
        let questions = try questions(model)
        var rounds = Rounds(model, PrefixCache(model, budget: 64 << 20))
        for question in questions {
            rounds.begin(question)
            rounds.finishReading()
        }
        questions[0].job.stop()
        rounds.finish()
        let (left, failure) = await questions[0].reply()
        #expect(left.finish == .cancelled && failure is CancellationError)
        let expected = try await alone(model, questions[0])
        #expect(left.tokens.count > 3 && left.tokens.count < 40)
        #expect(left.tokens[...] == expected.tokens.prefix(left.tokens.count))
        for question in questions[1...] { try await expectAlone(model, question) }

        let again = Question(questions[0].job.prompt, questions[0].job.options)
        rounds.begin(again)
        #expect(rounds.isReading)
        rounds.finish()
        try await expectAlone(model, again)
    }

    @Test func `one that leaves in the middle of a step does not stop the step`() async throws {
        let model = try Films.tiny()
        let asked = try prompt(model, .framesFirst, [], "Hello")
        let questions = [
            Question(asked, options(40, seed: 1)), Question(asked, options(5, seed: 2)),
            Question(asked, options(20, seed: 3)),
        ]
        var rounds = Rounds(model, PrefixCache(model, budget: 64 << 20), rows: 1)
        rounds.whenEnded = { job in if job === questions[1].job { questions[0].job.stop() } }
        for question in questions {
            rounds.begin(question)
            rounds.finishReading()
        }
        rounds.finish()
        #expect(await questions[0].reply().reply.tokens.count == 6)
        for question in questions[1...] { try await expectAlone(model, question) }
    }

    @Test func `a prompt that is stopped while it is read leaves the replies beside it as they are`() async throws {
        let model = try Films.tiny()
        let first = Question(try prompt(model, .framesFirst, [], "Hello"), options(200))
        let long = try prompt(model, .framesFirst, [try Films.clip(1, frames: 40)], "What happens?")
        try #require(long.tokens.count > 6 * Batch.piece)
        var rounds = Rounds(model, PrefixCache(model, budget: 64 << 20), rows: 1)
        rounds.begin(first)
        rounds.finishReading()
        let second = Question(long, options(5))
        let run = rounds.begin(second)
        let known = run.timeline.session.count  // how both begin, as a copy
        rounds.go(40 + 3)
        second.job.stop()
        rounds.go()
        #expect(!rounds.isReading && !rounds.isEmpty)
        let (left, failure) = await second.reply()
        #expect(left.tokens.isEmpty && failure is CancellationError)

        let third = Question(long, options(5))
        rounds.begin(third)
        rounds.finish()
        let reading = await third.reply().reply.reading
        #expect(reading.reused == known + 3 * Batch.piece && reading.looked == 0)
        try await expectAlone(model, first)
        let fourth = Question(long, options(5))
        rounds.begin(fourth)
        rounds.finish()
        try await expectAlone(model, fourth)
    }

    @Test func `two questions at once about a video share it, and neither disturbs the other`() async throws {
        let model = try Films.tiny()
        let clip = try Films.clip(1, frames: 8)
        let cache = PrefixCache(model, budget: 64 << 20)
        var rounds = Rounds(model, cache)
        let first = Question(try prompt(model, .framesFirst, [clip], "What happens?"), options(40, seed: 1))
        let second = Question(try prompt(model, .framesFirst, [clip], "Is there a star?"), options(40, seed: 2))
        let same = Question(first.job.prompt, options(30, seed: 3))
        let beginning = try Films.conversation(.framesFirst, Turn(clips: [clip], text: "")).preparation(
            for: model,
            limit: 2000
        ).beginning.tokens.count
        var reused: [Int] = []
        for question in [first, second, same] {
            let run = rounds.begin(question)
            rounds.finishReading()
            rounds.go(3)
            reused.append(run.reading.reused)
            #expect((run.reading.looked == 0) == (question.job !== first.job))
        }
        #expect(reused[0] == 0 && reused[1] >= beginning && reused[2] == same.job.prompt.tokens.count - 1)
        #expect(cache.count == 3)
        rounds.finish()
        for question in [first, second, same] { try await expectAlone(model, question) }
        #expect(cache.count == 1, "of a video there is one copy, as after one question after the other")
    }

    @Test func `what is in use is neither cut, moved on nor let go`() throws {
        let model = try Films.tiny()
        let asked = try prompt(model, .framesFirst, [try Films.clip(1)], "What happens?")
        func reader(_ cache: PrefixCache) -> PromptReader {
            PromptReader(model, asked, cache, isScored: true, isStopped: { false }) { _, _, _ in }
        }
        let cache = PrefixCache(model, budget: 1)
        var first = reader(cache)
        while !first.isDone { try first.advance() }
        let (one, total) = (first.timeline, asked.tokens.count)
        _ = try one.session.step(10).rows
        let two = reader(cache).timeline
        #expect(two !== one && two.session !== one.session)
        #expect(one.session.count == total + 1 && two.session.count == total - 1)
        cache.trim()
        #expect(cache.count == 2 && cache.bytes > 1)
        cache.settle(one, of: asked)
        #expect(cache.count == 1 && one.session.count == total, "with no place for it")
        cache.settle(two, of: asked)
        #expect(cache.count == 0)
    }

    @Test func `what is kept makes place as replies grow`() async throws {
        let model = try Films.tiny()
        let kept = Question(
            try prompt(model, .framesFirst, [], "What is kept for later, if there is room?"),
            options(1)
        )
        let cache = PrefixCache(model, budget: 300 * Session.bytesPerToken(model))
        var rounds = Rounds(model, cache, rows: 1)
        rounds.begin(kept)
        rounds.finish()
        let growing = Question(try prompt(model, .framesFirst, [], "Hello"), options(250))
        rounds.begin(growing)
        rounds.go(20)
        #expect(cache.count == 2)
        rounds.go(220)
        #expect(cache.count == 1 && !rounds.isEmpty)
        rounds.finish()
        #expect(cache.count == 1)
    }

    @Test func `while others write, a prompt is read in smaller pieces, and they are not waited for in vain`()
        async throws
    {
        let model = try Films.tiny()
        let long = try prompt(model, .framesFirst, [try Films.clip(1, frames: 40)], "What happens?")
        func steps(_ question: Question) async -> Set<Int> {
            let events = await question.events().events
            let done = events.compactMap { if case .progress(.prefill, let done, _) = $0 { done } else { nil } }
            return Set(zip(done, done.dropFirst()).map { $1 - $0 }.dropLast())
        }
        var rounds = Rounds(model, PrefixCache(model, budget: 0), rows: 1)
        let alone = Question(long, options(1))
        rounds.begin(alone)
        rounds.finish()
        #expect(await steps(alone) == [Session.piece])

        let writing = rounds.begin(Question(try prompt(model, .framesFirst, [], "Hello"), options(500)))
        rounds.finishReading()
        let before = writing.written
        let beside = Question(long, options(1))
        let reading = rounds.begin(beside)
        while !reading.isRead { rounds.go() }
        // A token of the other between any two pieces; the last of them came after the prompt was read.
        let pieces = 40 + (long.tokens.count + Batch.piece - 1) / Batch.piece
        #expect(writing.written.tokens - before.tokens == pieces)
        let mean = (writing.written.time - before.time) / pieces
        #expect(reading.reading.waited > mean * (pieces / 2), "the time of others' tokens is no time of reading")
        #expect(await steps(beside) == [Batch.piece])
    }

    /// A token whose embedding is not a number: who says it gets scores that are none, and is stepped with the others until then.
    @Test func `one whose scores are not numbers fails alone`() async throws {
        let whole = try Films.tiny()
        let questions = try questions(whole)
        var tokens: [[Int]] = []
        for question in questions { tokens.append(try await alone(whole, question).tokens.map(\.id)) }
        let others = Set(questions.flatMap(\.job.prompt.tokens) + tokens[1...].joined())
        let index = try #require(
            tokens[0].dropFirst(2).firstIndex { !others.contains($0) && !tokens[0].prefix(2).contains($0) }
        )

        let folder = try damaged(token: tokens[0][index])
        let model = try withExtendedLifetime(folder) { try GLM4V(directory: folder.path) }
        let damaged = questions.map { Question($0.job.prompt, $0.job.options) }
        var rounds = Rounds(model, PrefixCache(model, budget: 64 << 20))
        for question in damaged.reversed() {
            rounds.begin(question)
            rounds.finishReading()
        }
        rounds.finish()
        let (reply, failure) = await damaged[0].reply()
        #expect(failure as? GenerationError == .notFinite)
        #expect(reply.tokens.map(\.id) == Array(tokens[0][...index]))
        for question in damaged[1...] { try await expectAlone(whole, question) }
    }

    /// A copy of tiny-a in which one token's embedding is all NaN.
    private func damaged(token: Int) throws -> TemporaryFolder {
        let (folder, source) = (try TemporaryFolder(), checkout + "/Tests/GLMTests/Golden/tiny-a")
        for name in try FileManager.default.contentsOfDirectory(atPath: source) where name != "model.safetensors" {
            try FileManager.default.copyItem(atPath: source + "/" + name, toPath: folder.path + "/" + name)
        }
        var data = try Data(contentsOf: URL(fileURLWithPath: source + "/model.safetensors"))
        let length = data.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
        let header = try JSONSerialization.jsonObject(with: data[8..<8 + length]) as? [String: Any]
        let field = try #require(header?["model.language_model.embed_tokens.weight"] as? [String: Any])
        let start = 8 + length + (try #require(field["data_offsets"] as? [Int])[0])
        let width = try #require(field["shape"] as? [Int])[1] * 4
        data.replaceSubrange(
            start + token * width..<start + (token + 1) * width,
            with: Array(repeating: 0xFF, count: width)
        )
        try folder.write(data, to: "model.safetensors")
        return folder
    }
}
