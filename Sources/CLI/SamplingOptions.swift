import ArgumentParser
import Generation

/// How the reply is made: the original app's sliders, and some more.
struct SamplingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("0.1 to 4; 0 always takes the likeliest token.", valueName: "t"))
    var temperature = Sampling().temperature

    @Option(help: ArgumentHelp("0.05 to 1: sample from the tokens that make up this probability.", valueName: "p"))
    var topP = Sampling().topP

    @Option(help: ArgumentHelp("1 to 1000: sample from so many tokens.", valueName: "n"))
    var topK = Sampling().topK

    @Option(help: ArgumentHelp("1 to 2: how much what was said is held against a token.", valueName: "r"))
    var repetitionPenalty = Sampling().repetitionPenalty

    @Option(help: ArgumentHelp("1 to 3072: where the reply is cut off.", valueName: "n"))
    var maxNewTokens = ReplyOptions().maximumNewTokens

    @Option(help: ArgumentHelp("End the thought after so many tokens and begin the answer.", valueName: "n"))
    var maxThinkingTokens: Int?

    @Option(help: ArgumentHelp("The same seed gives the same reply.", valueName: "n"))
    var seed: UInt64?

    @Option(
        help: ArgumentHelp(
            "With --json: report each token's log-probability and the n likeliest, 0 to 20.",
            valueName: "n"
        )
    )
    var logprobs: Int?

    @Flag(help: "Go on to the token limit, even when the model ends.")
    var ignoreEos = false

    func validate() throws {
        do throws(OptionError) {
            try options.validate()
        } catch {
            throw ValidationError("--\(error).")
        }
    }

    var options: ReplyOptions {
        var options = ReplyOptions()
        options.sampling.temperature = temperature
        options.sampling.topP = topP
        options.sampling.topK = topK
        options.sampling.repetitionPenalty = repetitionPenalty
        options.sampling.seed = seed
        options.maximumNewTokens = maxNewTokens
        options.maximumThinkingTokens = maxThinkingTokens
        options.ignoresEnd = ignoreEos
        options.topLogprobs = logprobs
        return options
    }
}
