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

/// Says what the engine does next: questions first, in the order of their line and as many at once as there is room for,
/// and preparations when nobody asks.
///
/// The engine's thread is busy for seconds, so this is a lock and not an actor: whoever comes learns at once whether there
/// is a place, and whoever leaves frees it at once. Streams are ended outside of the lock, since that calls back.
final class Scheduler: Sendable {
    private struct State {
        var questions: WaitingLine<QuestionJob>
        var preparations: WaitingLine<PreparationJob>
        var running: [QuestionJob] = []
        var preparation: PreparationJob?
        var meanTime: Duration?

        /// How many replies of each owner are in the making.
        var owners: [String: Int] { Dictionary(running.map { ($0.owner, 1) }, uniquingKeysWith: +) }

        /// Tells those whose position has changed.
        func tellPositions() {
            for (i, job) in questions.order(beside: owners).enumerated() { job.tell(position: i + 1) }
        }

        /// There is a place again when the next reply begins, which is when one of those in the making ends.
        func refusal(of waiting: Int) -> QueueFull {
            let seconds = (meanTime ?? .seconds(10)) / .seconds(max(1, running.count))
            return QueueFull(waiting: waiting, retryAfter: .seconds(max(1, min(600, seconds.rounded(.up)))))
        }
    }

    enum Job {
        case question(QuestionJob)
        case preparation(PreparationJob)
    }

    private let room: Room
    private let state: Mutex<State>

    /// `places` is how many may wait, `room` how many are answered at once.
    init(places: Int, room: Room) {
        self.room = room
        state = Mutex(
            State(questions: WaitingLine(places: places), preparations: WaitingLine(places: places))
        )
    }

    func add(_ job: QuestionJob) throws(QueueFull) {
        let full = state.withLock { state -> QueueFull? in
            guard state.questions.hasRoom(for: job.owner) else { return state.refusal(of: state.questions.count) }
            state.questions.append(job, owner: job.owner)
            let isBusy = !state.running.isEmpty || state.preparation != nil
            if isBusy || state.questions.count > 1 { state.tellPositions() }
            return nil
        }
        if let full { throw full }
    }

    /// A newer preparation of the same owner takes the place of the older one.
    func add(_ job: PreparationJob) throws(QueueFull) {
        let (older, full) = state.withLock { state -> ([PreparationJob], QueueFull?) in
            var older = state.preparations.order().filter { $0.owner == job.owner }
            if let running = state.preparation, running.owner == job.owner { older.append(running) }
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

    /// Takes what is to be done next: a question, as soon as there is room for the one whose turn it is; a preparation, where
    /// nobody asks and nobody is answered.
    func next() -> Job? {
        state.withLock { state in
            var line = state.questions
            if let job = line.next(beside: state.owners) {
                guard room.has(job, beside: state.running) else { return nil }
                state.questions = line
                state.running.append(job)
                state.tellPositions()
                return .question(job)
            }
            guard state.running.isEmpty else { return nil }
            state.preparation = state.preparations.next()
            return state.preparation.map { .preparation($0) }
        }
    }

    /// A question is answered, or will not be.
    func finish(_ job: QuestionJob, after time: Duration) {
        state.withLock { state in
            state.meanTime = state.meanTime.map { ($0 * 3 + time) / 4 } ?? time
            state.running.removeAll { $0 === job }
        }
    }

    /// The running preparation ends or, paused, waits again.
    func finish(_ job: PreparationJob, isPaused: Bool) {
        state.withLock { state in
            state.preparation = nil
            if isPaused, !job.isStopped { state.preparations.prepend(job, owner: job.owner) }
        }
    }

    var hasQuestions: Bool { state.withLock { !$0.questions.isEmpty } }

    var load: (answering: Int, waiting: Int, preparing: Int) {
        state.withLock { state in
            let preparing = state.preparations.count + (state.preparation == nil ? 0 : 1)
            return (state.running.count, state.questions.count, preparing)
        }
    }
}
