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
    package static let topLogprobCounts = 0...20
}
