import Synchronization

/// Counts replies from the question to the last token, and refuses more than are answered and may wait before anything is
/// done for them.
final class Admission: Sendable {
    /// How many are answered at once, and how many may wait beside them.
    let together, places: Int
    private let state = Mutex((open: 0, seconds: 10.0))

    init(together: Int, places: Int) {
        self.together = together
        self.places = places
    }

    var open: Int { state.withLock { $0.open } }

    func enter() throws {
        let (isIn, seconds) = state.withLock { state in
            guard state.open < together + places else { return (false, state.seconds) }
            state.open += 1
            return (true, state.seconds)
        }
        guard !isIn else { return }
        throw Refusal(
            .queueFull,
            "The queue is full (\(together) answered at once, \(places) waiting): ask again in a while.",
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
