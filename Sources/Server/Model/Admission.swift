import Synchronization

/// Counts replies from the question to the last token, and refuses more than are answered and may wait before anything is
/// done for them. An owner who has none is let in up to twice as many, so that one who fills the line keeps out only himself.
final class Admission: Sendable {
    /// How many are answered at once, and how many may wait beside them.
    let together, places: Int
    private let state = Mutex(State())

    private struct State {
        var open = 0
        /// Of each owner who has any.
        var owned: [String: Int] = [:]
        /// How long a reply takes, by those before.
        var seconds = 10.0
    }

    init(together: Int, places: Int) {
        self.together = together
        self.places = places
    }

    var open: Int { state.withLock { $0.open } }

    func enter(_ owner: String) throws {
        let (isIn, seconds) = state.withLock { state in
            let most = (together + places) * (state.owned[owner] == nil ? 2 : 1)
            guard state.open < most else { return (false, state.seconds) }
            state.open += 1
            state.owned[owner, default: 0] += 1
            return (true, state.seconds)
        }
        guard !isIn else { return }
        throw Refusal(
            .queueFull,
            "The queue is full (\(together) answered at once, \(places) waiting): ask again in a while.",
            retryAfter: min(max(Int(seconds.rounded(.up)), 1), 120)
        )
    }

    /// A reply of `owner` is over, after so long; what the next one is told to wait follows.
    func leave(_ owner: String, after duration: Duration) {
        state.withLock { state in
            state.open -= 1
            state.owned[owner] = state.owned[owner].flatMap { $0 > 1 ? $0 - 1 : nil }
            state.seconds += 0.2 * (duration / .seconds(1) - state.seconds)
        }
    }
}
