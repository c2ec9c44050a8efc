import GLM
import Testing

@testable import Generation

/// What comes next, without an engine: events are read when all is over.
struct SchedulerTests {
    private let prompt: Prompt
    private let one = Room(replies: 1, tokens: 0)
    private let preparation: Preparation

    init() throws {
        let model = try Films.tiny()
        let talk = Films.conversation(.framesFirst, Conversation.Turn(text: "What?"))
        prompt = try talk.prompt(for: model, limit: 2000).prompt
        preparation = try talk.preparation(for: model, limit: 2000)
    }

    /// A question that may come to have so many tokens with its reply.
    private func question(_ owner: String, tokens: Int = 1000) -> (job: QuestionJob, stream: ReplyStream) {
        let (stream, continuation) = ReplyStream.makeStream()
        return (QuestionJob(prompt, ReplyOptions(), context: tokens, owner: owner, continuation), stream)
    }

    private func preparation(_ owner: String) -> (job: PreparationJob, stream: PreparationStream) {
        let (stream, continuation) = PreparationStream.makeStream()
        return (PreparationJob(preparation, owner: owner, continuation), stream)
    }

    private func positions(_ question: (job: QuestionJob, stream: ReplyStream)) async throws -> [Int] {
        question.job.finish()
        var positions: [Int] = []
        for try await event in question.stream { if case .queued(let position) = event { positions.append(position) } }
        return positions
    }

    private func take(_ scheduler: Scheduler) -> QuestionJob? {
        if case .question(let job) = scheduler.next() { job } else { nil }
    }

    @Test func `each learns its position as it changes, and owners take turns`() async throws {
        let scheduler = Scheduler(places: 30, room: one)
        let (first, a2, a3, b1) = (question("a"), question("a"), question("a"), question("b"))
        try scheduler.add(first.job)
        #expect(take(scheduler) === first.job)
        for asked in [a2, a3, b1] { try scheduler.add(asked.job) }
        scheduler.finish(first.job, after: .seconds(1))
        #expect(take(scheduler) === b1.job)
        scheduler.finish(b1.job, after: .seconds(1))
        #expect(take(scheduler) === a2.job)
        scheduler.finish(a2.job, after: .seconds(1))
        #expect(take(scheduler) === a3.job)
        #expect(try await positions(first).isEmpty, "nobody was before it")
        #expect(try await positions(a2) == [1, 2, 1])
        #expect(try await positions(a3) == [2, 3, 2, 1])
        #expect(try await positions(b1) == [1])
    }

    @Test func `as many are answered as there is room for, and a place goes to one who has none`() async throws {
        let scheduler = Scheduler(places: 30, room: Room(replies: 3, tokens: 100_000))
        let (a1, a2, b1, b2) = (question("a"), question("a"), question("b"), question("b"))
        for asked in [a1, a2] { try scheduler.add(asked.job) }
        #expect(take(scheduler) === a1.job)
        for asked in [b1, b2] { try scheduler.add(asked.job) }
        #expect(take(scheduler) === b1.job, "a has one already")
        #expect(take(scheduler) === a2.job)
        #expect(scheduler.next() == nil && scheduler.load == (3, 1, 0))
        scheduler.finish(b1.job, after: .seconds(1))
        #expect(take(scheduler) === b2.job)
        #expect(try await positions(a2) == [2, 1, 2, 1])
        #expect(try await positions(b1) == [1])
        #expect(try await positions(b2) == [3, 2, 1])
    }

    @Test func `a place goes to who has the fewest, even if his turn was just now`() throws {
        let scheduler = Scheduler(places: 30, room: Room(replies: 4, tokens: 100_000))
        let (a1, a2, a3, b1, b2) = (question("a"), question("a"), question("a"), question("b"), question("b"))
        for asked in [a1, a2] { try scheduler.add(asked.job) }
        for asked in [a1, a2] { #expect(take(scheduler) === asked.job) }
        try scheduler.add(b1.job)
        #expect(take(scheduler) === b1.job)
        for asked in [a3, b2] { try scheduler.add(asked.job) }
        #expect(take(scheduler) === b2.job)
        #expect(scheduler.next() == nil)
    }

    @Test func `one is always answered, and others beside it as far as their tokens have a place`() throws {
        let scheduler = Scheduler(places: 30, room: Room(replies: 9, tokens: 1000))
        let (large, half, rest, small) = (
            question("a", tokens: 5000), question("b", tokens: 600), question("c", tokens: 400),
            question("d", tokens: prompt.tokens.count + 1)
        )
        #expect(small.job.limit == 1 && half.job.tokens == 600)
        for asked in [large, half, rest, small] { try scheduler.add(asked.job) }
        #expect(take(scheduler) === large.job)
        #expect(scheduler.next() == nil, "the next in line waits, and nobody passes it")
        scheduler.finish(large.job, after: .seconds(1))
        #expect(take(scheduler) === half.job)
        #expect(take(scheduler) === rest.job)
        #expect(scheduler.next() == nil)
        scheduler.finish(half.job, after: .seconds(1))
        #expect(take(scheduler) === small.job)
    }

    @Test func `when one leaves the others move up`() async throws {
        let scheduler = Scheduler(places: 30, room: one)
        let asked = (0..<4).map { _ in question("a") }
        for one in asked { try scheduler.add(one.job) }
        scheduler.remove(asked[1].job)
        #expect(scheduler.load.waiting == 3)
        #expect(try await positions(asked[3]) == [4, 3])
        #expect(try await positions(asked[0]) == [1])
    }

    @Test func `the time to come back follows how long replies take`() throws {
        let scheduler = Scheduler(places: 1, room: one)
        let waiting = question("a").job
        try scheduler.add(waiting)
        func refusal() -> Duration? {
            #expect(throws: QueueFull.self) { try scheduler.add(question("a").job) }?.retryAfter
        }
        #expect(refusal() == .seconds(10))
        scheduler.finish(waiting, after: .milliseconds(20_100))
        #expect(refusal() == .seconds(21))
        for _ in 0..<50 { scheduler.finish(waiting, after: .milliseconds(1)) }
        #expect(refusal() == .seconds(1))
        for _ in 0..<50 { scheduler.finish(waiting, after: .seconds(100_000)) }
        #expect(refusal() == .seconds(600))
    }

    @Test func `a preparation lets a question go first and then goes on`() async throws {
        let scheduler = Scheduler(places: 30, room: one)
        let (prepared, other, asked) = (preparation("a"), preparation("b"), question("a"))
        try scheduler.add(prepared.job)
        try scheduler.add(other.job)
        guard case .preparation(let running) = scheduler.next(), running === prepared.job else {
            Issue.record("no preparation")
            return
        }
        #expect(!scheduler.hasQuestions)
        try scheduler.add(asked.job)
        #expect(scheduler.hasQuestions)
        #expect(scheduler.load == (0, 1, 2))
        scheduler.finish(running, isPaused: true)
        #expect(take(scheduler) === asked.job)
        #expect(scheduler.next() == nil, "while somebody is answered nothing is prepared")
        scheduler.finish(asked.job, after: .seconds(1))
        guard case .preparation(let again) = scheduler.next() else {
            Issue.record("no preparation")
            return
        }
        #expect(again === prepared.job)
        scheduler.finish(again, isPaused: false)
        guard case .preparation(let last) = scheduler.next() else {
            Issue.record("no preparation")
            return
        }
        #expect(last === other.job)
        scheduler.finish(last, isPaused: false)
        #expect(scheduler.next() == nil)
        #expect(try await positions(asked) == [1])
    }

    @Test func `a running preparation is stopped by a newer one, and does not come back`() async throws {
        let scheduler = Scheduler(places: 30, room: one)
        let (old, new) = (preparation("a"), preparation("a"))
        try scheduler.add(old.job)
        _ = scheduler.next()
        try scheduler.add(new.job)
        #expect(old.job.isStopped && !new.job.isStopped)
        scheduler.finish(old.job, isPaused: true)
        guard case .preparation(let next) = scheduler.next() else {
            Issue.record("no preparation")
            return
        }
        #expect(next === new.job)
        await #expect(throws: CancellationError.self) { for try await _ in old.stream {} }
    }
}

extension Scheduler.Job: Equatable {
    public static func == (a: Scheduler.Job, b: Scheduler.Job) -> Bool {
        switch (a, b) {
        case (.question(let a), .question(let b)): a === b
        case (.preparation(let a), .preparation(let b)): a === b
        default: false
        }
    }
}
