import Tokenization

/// A token that only the chat template may write, and how it is rendered.
struct SpecialToken: Sendable, Equatable {
    let id: Int
    let text: String
}

/// The special tokens of GLM-4.1V's chat template, found by name in the checkpoint's tokenizer.
struct TemplateTokens: Sendable {
    let prefix: [SpecialToken]
    let imageStart, image, imageEnd, videoStart, videoEnd: SpecialToken
    let video = "<|video|>"  // rendered, but replaced by images before it could become a token
    private let system, user, assistant: SpecialToken

    init(_ tokenizer: Tokenizer, _ config: Configuration) throws(ConfigurationError) {
        func token(_ text: String, _ expected: Int? = nil) throws(ConfigurationError) -> SpecialToken {
            guard let id = tokenizer.id(ofAdded: text) else {
                throw .inconsistent("tokenizer.json has no token \(text)")
            }
            guard id == expected ?? id else {
                throw .inconsistent("\(text) is \(id) in tokenizer.json, \(expected ?? id) in config.json")
            }
            guard id < config.text.vocabularySize else {
                throw .inconsistent(
                    "\(text) is \(id), but config.json has a vocab_size of \(config.text.vocabularySize)"
                )
            }
            return SpecialToken(id: id, text: text)
        }
        prefix = [try token("[gMASK]"), try token("<sop>")]
        system = try token("<|system|>")
        user = try token("<|user|>")
        assistant = try token("<|assistant|>")
        image = try token("<|image|>", config.imageToken)
        imageStart = try token("<|begin_of_image|>", config.imageStart)
        imageEnd = try token("<|end_of_image|>", config.imageEnd)
        videoStart = try token("<|begin_of_video|>", config.videoStart)
        videoEnd = try token("<|end_of_video|>", config.videoEnd)
        guard tokenizer.vocabularySize <= config.text.vocabularySize else {
            throw .inconsistent(
                "tokenizer.json has \(tokenizer.vocabularySize) tokens, config.json a vocab_size of "
                    + "\(config.text.vocabularySize)"
            )
        }
    }

    func role(_ role: Message.Role) -> SpecialToken {
        switch role {
        case .system: system
        case .user: user
        case .assistant: assistant
        }
    }
}
