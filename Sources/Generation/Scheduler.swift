import Synchronization

/// Why a question or a preparation was not taken.
package struct QueueFull: Error, Equatable, CustomStringConvertible {
    /// How many wait already.
    package let waiting: Int
    /// When there may be a place, in whole seconds, by how long replies took so far.
    package let retryAfter: Duration

    package var description: String {
        "\(waiting) are waiting already: try again in \(retryAfter.components.seconds) s"
    }
}

/// Says what the engine does next: questions first, in the order of their line, and preparations when nobody asks.
///
/// The engine's thread is busy for seconds, so this is a lock and not an actor: whoever comes learns at once whether there
/// is a place, and whoever leaves frees it at once. Streams are ended outside of the lock, since that calls back.
final class Scheduler: Sendable {
    private struct State {
        var questions: WaitingLine<QuestionJob>
        var preparations: WaitingLine<PreparationJob>
        var running: Job?
        var meanTime: Duration?

        /// Tells those whose position has changed.
        func tellPositions() {
            for (i, job) in questions.order.enumerated() { job.tell(position: i + 1) }
        }

        /// There is a place again when the next reply begins.
        func refusal(of waiting: Int) -> QueueFull {
            let seconds = (meanTime ?? .seconds(10)) / .seconds(1)
            return QueueFull(waiting: waiting, retryAfter: .seconds(max(1, min(600, seconds.rounded(.up)))))
        }
    }

    enum Job {
        case question(QuestionJob)
        case preparation(PreparationJob)
    }

    private let state: Mutex<State>

    init(places: Int) {
        state = Mutex(
            State(questions: WaitingLine(places: places), preparations: WaitingLine(places: places))
        )
    }

    func add(_ job: QuestionJob) throws(QueueFull) {
        let full = state.withLock { state -> QueueFull? in
            guard state.questions.hasRoom(for: job.owner) else { return state.refusal(of: state.questions.count) }
            state.questions.append(job, owner: job.owner)
            if state.running != nil || state.questions.count > 1 { state.tellPositions() }
            return nil
        }
        if let full { throw full }
    }

    /// A newer preparation of the same owner takes the place of the older one.
    func add(_ job: PreparationJob) throws(QueueFull) {
        let (older, full) = state.withLock { state -> ([PreparationJob], QueueFull?) in
            var older = state.preparations.order.filter { $0.owner == job.owner }
            if case .preparation(let running) = state.running, running.owner == job.owner { older.append(running) }
            state.preparations.remove { $0.owner == job.owner }
            guard state.preparations.hasRoom(for: job.owner) else {
                return (older, state.refusal(of: state.preparations.count))
            }
            state.preparations.append(job, owner: job.owner)
            return (older, nil)
        }
        for job in older { job.replace() }
        if let full { throw full }
    }

    func remove(_ job: QuestionJob) {
        state.withLock { state in
            state.questions.remove { $0 === job }
            state.tellPositions()
        }
    }

    func remove(_ job: PreparationJob) {
        state.withLock { state in state.preparations.remove { $0 === job } }
    }

    /// Takes what is to be done next.
    func next() -> Job? {
        state.withLock { state in
            state.running =
                state.questions.next().map { .question($0) } ?? state.preparations.next().map { .preparation($0) }
            state.tellPositions()
            return state.running
        }
    }

    /// The running question is answered.
    func finish(after time: Duration) {
        state.withLock { state in
            state.meanTime = state.meanTime.map { ($0 * 3 + time) / 4 } ?? time
            state.running = nil
        }
    }

    /// The running preparation ends or, paused, waits again.
    func finish(_ job: PreparationJob, isPaused: Bool) {
        state.withLock { state in
            state.running = nil
            if isPaused, !job.isStopped { state.preparations.prepend(job, owner: job.owner) }
        }
    }

    var hasQuestions: Bool { state.withLock { !$0.questions.isEmpty } }

    var load: (isRunning: Bool, waiting: Int, preparing: Int) {
        state.withLock { state in
            switch state.running {
            case .question: (true, state.questions.count, state.preparations.count)
            case .preparation: (false, state.questions.count, state.preparations.count + 1)
            case nil: (false, state.questions.count, state.preparations.count)
            }
        }
    }
}
