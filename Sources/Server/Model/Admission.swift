import Synchronization

/// Counts replies from the question to the last token, and refuses more than the queue holds before anything is done for them.
final class Admission: Sendable {
    /// How many may wait; one more is being answered.
    let places: Int
    private let state = Mutex((open: 0, seconds: 10.0))

    init(places: Int) { self.places = places }

    var open: Int { state.withLock { $0.open } }

    func enter() throws {
        let (isIn, seconds) = state.withLock { state in
            guard state.open <= places else { return (false, state.seconds) }
            state.open += 1
            return (true, state.seconds)
        }
        guard !isIn else { return }
        throw Refusal(
            .queueFull,
            "\(places) questions are waiting already: ask again in a while.",
            retryAfter: min(max(Int(seconds.rounded(.up)), 1), 120)
        )
    }

    /// A reply is over, after so long; what the next one is told to wait follows.
    func leave(after duration: Duration) {
        state.withLock { state in
            state.open -= 1
            state.seconds += 0.2 * (duration / .seconds(1) - state.seconds)
        }
    }
}
