/// How the next token is chosen. The defaults and the ranges are those of the original app's sliders.
package struct Sampling: Sendable, Equatable {
    /// 0 takes the likeliest token; above, larger is wilder.
    package var temperature: Float = 0.6
    /// Only the likeliest tokens that together have this probability.
    package var topP: Float = 0.9
    /// Only so many of the likeliest tokens.
    package var topK = 50
    /// Makes every token of prompt and reply less likely to come again: scores are divided by it, if negative multiplied.
    package var repetitionPenalty: Float = 1.2
    /// The same seed, prompt and settings give the same reply; nil is another reply each time.
    package var seed: UInt64?

    package init() {}

    package static let temperatures: ClosedRange<Float> = 0.1...4  // and 0
    package static let topPs: ClosedRange<Float> = 0.05...1
    package static let topKs = 1...1000
    package static let repetitionPenalties: ClosedRange<Float> = 1...2
}

/// Limits of a reply, and what is to be reported of it.
package struct ReplyOptions: Sendable, Equatable {
    package var sampling = Sampling()
    package var maximumNewTokens = 2048
    /// After so many tokens of thought the answer is begun for the model; nil lets it think.
    package var maximumThinkingTokens: Int?
    /// Goes on to the token limit, whatever the model says.
    package var ignoresEnd = false
    /// Reports each token's log-probability and so many of the likeliest; nil reports none.
    package var topLogprobs: Int?

    package init() {}

    package static let newTokens = 1...3072
    package static let thinkingTokens = 0...3072
    package static let topLogprobCounts = 0...20

    /// Refuses what is out of its range: the engine takes nothing else.
    package func validate() throws(OptionError) {
        if sampling.temperature != 0 {
            try OptionError.check("temperature", sampling.temperature, Sampling.temperatures, or: "0")
        }
        try OptionError.check("top-p", sampling.topP, Sampling.topPs)
        try OptionError.check("top-k", sampling.topK, Sampling.topKs)
        try OptionError.check("repetition-penalty", sampling.repetitionPenalty, Sampling.repetitionPenalties)
        try OptionError.check("max-new-tokens", maximumNewTokens, Self.newTokens)
        if let maximumThinkingTokens {
            try OptionError.check("max-thinking-tokens", maximumThinkingTokens, Self.thinkingTokens)
        }
        if let topLogprobs { try OptionError.check("logprobs", topLogprobs, Self.topLogprobCounts) }
    }
}

/// An option of a reply that is out of its range.
package struct OptionError: Error, Equatable, CustomStringConvertible {
    package let description: String

    fileprivate static func check<Value: Comparable>(
        _ name: String,
        _ value: Value,
        _ range: ClosedRange<Value>,
        or other: String? = nil
    ) throws(OptionError) {
        guard !range.contains(value) else { return }
        let extra = other.map { ", or is \($0)" } ?? ""
        throw OptionError(
            description: "\(name) is \(value): it goes from \(range.lowerBound) to \(range.upperBound)\(extra)"
        )
    }
}
