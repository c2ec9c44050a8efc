import Foundation
import GLM

/// How many tokens a prompt may have: `MAX_INPUT_TOKEN_LENGTH`, as in the original app.
enum InputLimit {
    private static let name = "MAX_INPUT_TOKEN_LENGTH"
    /// More than the context of any model: so much is as good as no limit.
    private static let most = 1 << 24

    static func read(otherwise standard: Int = 4096) throws -> Int {
        guard let text = ProcessInfo.processInfo.environment[name], !text.isEmpty else { return standard }
        guard let limit = Int(text), limit > 0 else { throw InputLimitError(found: text) }
        return min(limit, most)
    }
}

struct InputLimitError: Error, CustomStringConvertible {
    let found: String

    var description: String { "MAX_INPUT_TOKEN_LENGTH is \(found): it should be a whole number above 0, as in 4096" }
}

/// What is said when frames were made smaller to fit.
struct ScalingNote {
    let text: String

    init(_ fitted: FittedPrompt, limit: Int) {
        let (full, now) = (fitted.full, PromptSize(fitted.prompt.tokens.count, fitted.prompt.pictures))
        text =
            "frames scaled from \(full.width)x\(full.height) (\(full.pictureTokens) tokens) to \(now.width)x\(now.height) "
            + "(\(now.pictureTokens)): \(full.tokens) tokens would be over the limit of \(limit) (MAX_INPUT_TOKEN_LENGTH)"
    }
}
