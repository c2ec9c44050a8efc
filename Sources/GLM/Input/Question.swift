/// A question about some clips, before it is known how large the frames may be.
package struct Question: Sendable {
    package var system: String?
    package var clips: [Clip]
    package var text: String
    package var layout: Layout
    /// At most so many pixels a frame; nil is what the model takes.
    package var maximumPixels: Int?

    package init(system: String?, clips: [Clip], text: String, layout: Layout, maximumPixels: Int? = nil) {
        self.system = system
        self.clips = clips
        self.text = text
        self.layout = layout
        self.maximumPixels = maximumPixels
    }

    /// The prompt, its frames no larger than lets it have `limit` tokens.
    package func prompt(for model: GLM4V, limit: Int) throws -> FittedPrompt {
        let limit = min(limit, model.config.text.contextLength - 1)
        // Pictures may be vast: their tokens are counted before they are written.
        let smallest = try prompt(for: model, maximumPixels: 1)
        let words = smallest.isPicture.count { !$0 }
        let full = try pictures(for: model, maximumPixels: maximumPixels)
        guard smallest.tokens.count <= limit else {
            throw PromptError.tooLong(
                tokens: smallest.tokens.count,
                limit: limit,
                pictures: full.count,
                words: words
            )
        }
        let fullTokens = words + full.tokens
        if fullTokens <= limit {
            let prompt = try prompt(for: model, maximumPixels: maximumPixels)
            return FittedPrompt(prompt: prompt.settled(), full: PromptSize(fullTokens, full))
        }
        let prompt = try prompt(for: model, maximumPixels: pixels(for: model, tokens: limit - words, full.count))
        return FittedPrompt(prompt: prompt.settled(), full: PromptSize(fullTokens, full))
    }

    /// The most pixels a frame with which `count` pictures have no more than `tokens`: fewer pixels never make more tokens,
    /// so from what would fit exactly, down to where it does.
    private func pixels(for model: GLM4V, tokens: Int, _ count: Int) throws(PictureError) -> Int {
        let unit = model.imageProcessor.unit
        for each in stride(from: tokens / count, to: 0, by: -1) {
            let pixels = min(each * unit * unit, maximumPixels ?? .max)
            if try pictures(for: model, maximumPixels: pixels).tokens <= tokens { return pixels }
        }
        return 1
    }

    private func prompt(for model: GLM4V, maximumPixels: Int?) throws -> Prompt {
        let user = Message(.user, try parts(for: model, maximumPixels: maximumPixels))
        return Prompt((system.map { [Message(.system, [.text($0)])] } ?? []) + [user], for: model)
    }

    private func parts(for model: GLM4V, maximumPixels: Int?) throws(PictureError) -> [Part] {
        let processor = layout == .video ? model.videoProcessor : model.imageProcessor
        return try layout.parts(clips, text) { frames in
            maximumPixels.map { processor.limited(to: $0 * frames) } ?? processor
        }
    }

    private func pictures(for model: GLM4V, maximumPixels: Int?) throws(PictureError) -> [Picture] {
        try parts(for: model, maximumPixels: maximumPixels).flatMap(\.pictures)
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
