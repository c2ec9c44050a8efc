/// How fast the model was lately, in tokens a second; nil where it was not measured yet.
package struct Speed: Sendable, Equatable {
    /// Tokens that stand for pictures, through the vision tower.
    package var vision: Double? { looking.rate }
    /// Tokens of a prompt.
    package var prefill: Double? { reading.rate }
    /// Tokens of a reply.
    package var decode: Double? { writing.rate }

    private var looking = Rate(window: 4096), reading = Rate(window: 4096), writing = Rate(window: 512)

    init() {}

    /// How long it will be to the first token of a reply to a prompt of which nothing is known yet.
    package func time(pictureTokens: Int, promptTokens: Int) -> Duration? {
        guard let prefill, let vision = pictureTokens == 0 ? .infinity : vision else { return nil }
        return .seconds(Double(pictureTokens) / vision + Double(promptTokens) / prefill)
    }

    /// How long a reply of so many tokens will take.
    package func time(newTokens: Int) -> Duration? { decode.map { .seconds(Double(newTokens) / $0) } }

    mutating func add(_ reading: Reading) {
        looking.add(reading.looked, in: reading.vision)
        self.reading.add(reading.prefilled, in: reading.prefill)
    }

    mutating func add(written tokens: Int, in time: Duration) { writing.add(tokens, in: time) }
}

/// A running average in which the last `window` tokens count most.
private struct Rate: Sendable, Equatable {
    let window: Double
    private var tokens = 0.0, seconds = 0.0

    init(window: Double) { self.window = window }

    var rate: Double? { tokens > 0 && seconds > 0 ? tokens / seconds : nil }

    mutating func add(_ count: Int, in time: Duration) {
        guard count > 0 else { return }
        let weight = min(1, window / (tokens + Double(count)))
        tokens = (tokens + Double(count)) * weight
        seconds = (seconds + time / .seconds(1)) * weight
    }
}
