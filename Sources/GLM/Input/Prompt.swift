import Tokenization

/// A conversation as the model reads it: token ids, where each one sits, and the pictures behind the placeholders.
package struct Prompt: Sendable {
    /// The rendered chat template, with one placeholder for each image or video.
    package private(set) var text = ""
    package private(set) var tokens: [Int] = []
    package private(set) var positions: [Position] = []
    /// Whether a token stands for a part of a picture.
    package private(set) var isPicture: [Bool] = []
    package private(set) var pictures: [Picture] = []
    /// Where the tokens of each picture are.
    package private(set) var ranges: [Range<Int>] = []
    /// Where the next token sits: not at the number of tokens, since a picture is as long as its longer side.
    package private(set) var nextPosition: Int32 = 0

    /// Text that has not become tokens yet: what stands between two special tokens is tokenized as one.
    private var pending = ""

    /// Renders the conversation and asks for the assistant's next message.
    ///
    /// What people wrote is tokenized as plain text: a special token's name in it is only letters.
    package init(_ messages: [Message], for model: GLM4V) {
        add(messages, model)
        add(special: [model.template.role(.assistant)], model)
        add(text: "\n")
        flush(model)
    }

    /// As many tokens of the conversation as stay the same however the last message goes on: up to its last special token,
    /// since the text after it is tokenized as one.
    package init(beginningOf messages: [Message], for model: GLM4V) {
        add(messages, model)
        text.unicodeScalars.removeLast(pending.unicodeScalars.count)
        pending = ""
    }

    private mutating func add(_ messages: [Message], _ model: GLM4V) {
        let template = model.template
        add(special: template.prefix, model)
        for message in messages {
            add(special: [template.role(message.role)], model)
            add(text: "\n")
            for part in message.parts { add(part, model) }
        }
    }

    /// The same with pictures at the model's size alone: the frames of the file are no longer needed.
    func settled() -> Prompt {
        var prompt = self
        prompt.pictures = pictures.map { $0.settled() }
        return prompt
    }

    private mutating func add(text: String) {
        self.text += text
        pending += text
    }

    private mutating func add(special tokens: [SpecialToken], isRendered: Bool = true, _ model: GLM4V) {
        flush(model)
        for token in tokens {
            if isRendered { text += token.text }
            append(token.id)
        }
    }

    private mutating func add(_ part: Part, _ model: GLM4V) {
        let template = model.template
        switch part {
        case .text(let text): add(text: text)
        case .image(let picture):
            text += template.imageStart.text + template.image.text + template.imageEnd.text
            add(picture, model)
        case .video(let pairs):
            text += template.videoStart.text + template.video + template.videoEnd.text
            add(special: [template.videoStart], isRendered: false, model)
            for pair in pairs {
                add(pair.picture, model)
                pending = String(pair.seconds)
                flush(model)
            }
            add(special: [template.videoEnd], isRendered: false, model)
        }
    }

    private mutating func add(_ picture: Picture, _ model: GLM4V) {
        add(special: [model.template.imageStart], isRendered: false, model)
        let (start, grid) = (nextPosition, picture.grid)
        ranges.append(tokens.count..<tokens.count + grid.tokens)
        for row in 0..<grid.tokenRows {
            for column in 0..<grid.tokenColumns {
                tokens.append(model.template.image.id)
                positions.append(Position(start, start + Int32(row), start + Int32(column)))
                isPicture.append(true)
            }
        }
        nextPosition = start + Int32(max(grid.tokenRows, grid.tokenColumns))
        pictures.append(picture)
        add(special: [model.template.imageEnd], isRendered: false, model)
    }

    private mutating func flush(_ model: GLM4V) {
        for token in model.tokenizer.encode(pending) { append(token) }
        pending = ""
    }

    private mutating func append(_ token: Int) {
        tokens.append(token)
        positions.append(Position(repeating: nextPosition))
        isPicture.append(false)
        nextPosition += 1
    }
}

/// One turn of a conversation.
package struct Message: Sendable, Equatable {
    package enum Role: Sendable { case system, user, assistant }

    package let role: Role
    package let parts: [Part]

    /// An assistant's message is what it answered, without what it thought.
    package init(_ role: Role, _ parts: [Part]) {
        self.role = role
        self.parts = parts
    }
}
