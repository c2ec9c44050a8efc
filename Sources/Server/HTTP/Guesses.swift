import Crypto

/// The wrong keys and cookies that each address brought of late: those who bring too many are to wait.
struct Guesses {
    /// So many within the window are let through.
    static let allowed = 10
    static let window = Duration.seconds(60)
    /// Beyond so many addresses, the one that has been quiet for longest is forgotten.
    static let maximumAddresses = 1000

    private struct Guess {
        let time: ContinuousClock.Instant
        let digest: SHA256.Digest?

        func isRecent(_ now: ContinuousClock.Instant) -> Bool { now - time < Guesses.window }
    }

    private var guesses: [String: [Guess]] = [:]

    /// How many are remembered.
    var count: Int { guesses.values.reduce(0) { $0 + $1.count } }

    /// How long an address has to wait, if it has guessed too often.
    func wait(of address: String, now: ContinuousClock.Instant) -> Duration? {
        let recent = (guesses[address] ?? []).filter { $0.isRecent(now) }
        guard recent.count >= Self.allowed, let oldest = recent.first else { return nil }
        return Self.window - (now - oldest.time)
    }

    /// Remembers a wrong one. Where it is known by a digest, the same one is remembered once: a browser or a program that
    /// goes on with a key that was changed guesses nothing.
    mutating func add(_ digest: SHA256.Digest?, from address: String, at now: ContinuousClock.Instant) {
        guesses = guesses.compactMapValues { guesses in
            let recent = guesses.filter { $0.isRecent(now) }
            return recent.isEmpty ? nil : recent
        }
        let isRepeated = guesses[address]?.contains { digest != nil && $0.digest == digest } ?? false
        guard !isRepeated else { return }
        if guesses[address] == nil, guesses.count >= Self.maximumAddresses { forgetQuietest(now) }
        guesses[address, default: []].append(Guess(time: now, digest: digest))
    }

    private mutating func forgetQuietest(_ now: ContinuousClock.Instant) {
        let quietest = guesses.min { ($0.value.last?.time ?? now) < ($1.value.last?.time ?? now) }
        if let quietest { guesses[quietest.key] = nil }
    }
}
