/// Finds how large the frames of a conversation may be.
///
/// Turn by turn, since the frames of an earlier turn are in the cache as they are: a turn's frames take what those before
/// left. Only where nothing is left do all frames of all turns shrink alike.
struct Fitting {
    /// At most so many pixels a frame, turn by turn; nil is what the model takes.
    let pixels: [Int?]

    private let conversation: Conversation
    private let model: GLM4V
    private let full: PromptSize

    init(_ conversation: Conversation, _ model: GLM4V, _ limit: Int) throws {
        self.conversation = conversation
        self.model = model
        let limit = min(limit, model.config.text.contextLength - 1)
        let free = conversation.turns.map { _ in conversation.maximumPixels }
        // Pictures may be vast: their tokens are counted before they are written.
        let smallest = Prompt(try conversation.messages(for: model, free.map { _ in 1 }), for: model)
        let words = smallest.isPicture.count { !$0 }
        let pictures = try conversation.pictures(for: model, free)
        full = PromptSize(words + pictures.tokens, pictures)
        guard smallest.tokens.count <= limit else {
            throw PromptError.tooLong(
                tokens: smallest.tokens.count,
                limit: limit,
                pictures: pictures.count,
                words: words
            )
        }
        pixels = try Self.pixels(conversation, model, words: words, limit: limit)
    }

    func prompt() throws -> FittedPrompt {
        FittedPrompt(prompt: Prompt(try conversation.messages(for: model, pixels), for: model), full: full)
    }

    /// Leaves the reserve for words, then twice the reserve, …, until all fits, and at last just what the words take: so
    /// a longer conversation seldom changes its frames.
    private static func pixels(
        _ conversation: Conversation,
        _ model: GLM4V,
        words: Int,
        limit: Int
    ) throws(PictureError) -> [Int?] {
        let reserve = conversation.reserve
        if reserve > 0 {
            for left in stride(from: reserve, to: limit, by: reserve) {
                guard let pixels = try fit(conversation, model, tokens: limit - left) else { break }
                if words + (try conversation.pictures(for: model, pixels).tokens) <= limit { return pixels }
            }
        }
        return try fit(conversation, model, tokens: limit - words) ?? conversation.turns.map { _ in 1 }
    }

    /// The most pixels a frame with which the pictures have no more than `tokens`; nil where none are few enough.
    private static func fit(
        _ conversation: Conversation,
        _ model: GLM4V,
        tokens: Int
    ) throws(PictureError) -> [Int?]? {
        let most = conversation.maximumPixels
        var (left, pixels) = (tokens, [Int?]())
        for turn in conversation.turns {
            func pictures(_ pixels: Int?) throws(PictureError) -> [Picture] {
                try conversation.pictures(of: turn, for: model, pixels)
            }
            guard let fitted = try fit(model, most, tokens: left, pictures) else {
                let all = try fit(model, most, tokens: tokens) { pixels throws(PictureError) in
                    try conversation.pictures(for: model, conversation.turns.map { _ in pixels })
                }
                return all.map { all in conversation.turns.map { _ in all } }
            }
            left -= try pictures(fitted).tokens
            pixels.append(fitted)
        }
        return pixels
    }

    /// Fewer pixels never make more tokens, so from what would fit exactly, down to where it does.
    private static func fit(
        _ model: GLM4V,
        _ most: Int?,
        tokens: Int,
        _ pictures: (Int?) throws(PictureError) -> [Picture]
    ) throws(PictureError) -> Int?? {
        let full = try pictures(most)
        if full.tokens <= tokens { return .some(most) }
        let unit = model.imageProcessor.unit
        for each in stride(from: tokens / full.count, to: 0, by: -1) {
            let pixels = min(each * unit * unit, most ?? .max)
            if try pictures(pixels).tokens <= tokens { return .some(pixels) }
        }
        return try pictures(1).tokens <= tokens ? .some(1) : .none
    }
}

extension [Picture] {
    fileprivate var tokens: Int { reduce(0) { $0 + $1.grid.tokens } }
}

/// A prompt, and what it would have been without the limit.
package struct FittedPrompt: Sendable {
    package let prompt: Prompt
    package let full: PromptSize

    /// Whether frames were made smaller to fit.
    package var isScaled: Bool { prompt.tokens.count < full.tokens }

    /// The same with pictures at the model's size alone: the frames of the file are no longer needed.
    package func settled() -> FittedPrompt { FittedPrompt(prompt: prompt.settled(), full: full) }
}

/// What a conversation costs.
package struct PromptCost: Sendable, Equatable {
    /// The tokens of each frame of each clip, as the conversation brings them. In the model's own video format a pair costs
    /// as much as one frame: its first pays.
    package let frames: [[Int]]
    /// The tokens that stand for pictures, and all tokens.
    package let pictures, tokens: Int
    /// The largest picture, at the model's size; 0 where there is none.
    package let width, height: Int
    /// Whether frames had to be made smaller than the model would take them.
    package let isScaled: Bool
}

/// How large a prompt is: its tokens, and the largest of its pictures.
package struct PromptSize: Sendable, Equatable {
    package let tokens: Int
    package let width, height, pictureTokens: Int

    package init(_ tokens: Int, _ pictures: [Picture]) {
        let largest = pictures.max { $0.grid.tokens < $1.grid.tokens }
        self.tokens = tokens
        width = largest?.width ?? 0
        height = largest?.height ?? 0
        pictureTokens = largest?.grid.tokens ?? 0
    }
}

/// Why a question cannot be asked.
package enum PromptError: Error, Equatable, CustomStringConvertible {
    case tooLong(tokens: Int, limit: Int, pictures: Int, words: Int)

    package var description: String {
        switch self {
        case .tooLong(let tokens, let limit, 0, _):
            "the question has \(tokens) tokens where \(limit) are allowed: shorten it, or raise MAX_INPUT_TOKEN_LENGTH"
        case .tooLong(let tokens, let limit, let pictures, let words):
            "even at the smallest size the question has \(tokens) tokens (\(pictures) pictures, \(words) tokens of text) "
                + "where \(limit) are allowed: take fewer frames, or raise MAX_INPUT_TOKEN_LENGTH"
        }
    }
}
