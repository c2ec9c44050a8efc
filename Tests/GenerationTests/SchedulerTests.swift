import GLM
import Testing

@testable import Generation

/// What comes next, without an engine: events are read when all is over.
struct SchedulerTests {
    private let prompt: Prompt
    private let preparation: Preparation

    init() throws {
        let model = try Films.tiny()
        let talk = Films.conversation(.framesFirst, Conversation.Turn(text: "What?"))
        prompt = try talk.prompt(for: model, limit: 2000).prompt
        preparation = try talk.preparation(for: model, limit: 2000)
    }

    private func question(_ owner: String) -> (job: QuestionJob, stream: ReplyStream) {
        let (stream, continuation) = ReplyStream.makeStream()
        return (QuestionJob(prompt, ReplyOptions(), owner: owner, continuation), stream)
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
        let scheduler = Scheduler(places: 30)
        let (first, a2, a3, b1) = (question("a"), question("a"), question("a"), question("b"))
        try scheduler.add(first.job)
        #expect(take(scheduler) === first.job)
        for asked in [a2, a3, b1] { try scheduler.add(asked.job) }
        scheduler.finish(after: .seconds(1))
        #expect(take(scheduler) === b1.job)
        scheduler.finish(after: .seconds(1))
        #expect(take(scheduler) === a2.job)
        scheduler.finish(after: .seconds(1))
        #expect(take(scheduler) === a3.job)
        #expect(try await positions(first).isEmpty, "nobody was before it")
        #expect(try await positions(a2) == [1, 2, 1])
        #expect(try await positions(a3) == [2, 3, 2, 1])
        #expect(try await positions(b1) == [1])
    }

    @Test func `when one leaves the others move up`() async throws {
        let scheduler = Scheduler(places: 30)
        let asked = (0..<4).map { _ in question("a") }
        for one in asked { try scheduler.add(one.job) }
        scheduler.remove(asked[1].job)
        #expect(scheduler.load.waiting == 3)
        #expect(try await positions(asked[3]) == [4, 3])
        #expect(try await positions(asked[0]) == [1])
    }

    @Test func `the time to come back follows how long replies take`() throws {
        let scheduler = Scheduler(places: 1)
        try scheduler.add(question("a").job)
        func refusal() -> Duration? {
            #expect(throws: QueueFull.self) { try scheduler.add(question("a").job) }?.retryAfter
        }
        #expect(refusal() == .seconds(10))
        scheduler.finish(after: .milliseconds(20_100))
        #expect(refusal() == .seconds(21))
        for _ in 0..<50 { scheduler.finish(after: .milliseconds(1)) }
        #expect(refusal() == .seconds(1))
        for _ in 0..<50 { scheduler.finish(after: .seconds(100_000)) }
        #expect(refusal() == .seconds(600))
    }

    @Test func `a preparation lets a question go first and then goes on`() async throws {
        let scheduler = Scheduler(places: 30)
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
        #expect(scheduler.load == (false, 1, 2))
        scheduler.finish(running, isPaused: true)
        #expect(take(scheduler) === asked.job)
        scheduler.finish(after: .seconds(1))
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
        let scheduler = Scheduler(places: 30)
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
