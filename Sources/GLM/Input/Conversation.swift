/// What was said about some clips, in turns, and what is asked now, before it is known how large the frames may be.
///
/// A caller hands over the whole of it each time: the engine works out what of it is known already.
package struct Conversation: Sendable {
    package struct Turn: Sendable {
        /// What the turn brings; most often only the first one brings anything.
        package var clips: [Clip]
        package var text: String
        /// What was answered, without thoughts; nil in the last turn, which is to be answered.
        package var reply: String?

        package init(clips: [Clip] = [], text: String, reply: String? = nil) {
            self.clips = clips
            self.text = text
            self.reply = reply
        }
    }

    package var system: String?
    package var turns: [Turn]
    package var layout: Layout
    /// At most so many pixels a frame; nil is what the model takes.
    package var maximumPixels: Int?
    /// How many tokens words may take before frames are made smaller for them. Frames are fitted to what this leaves, so
    /// that another question, or one more, does not change them: what is known of their prompt stays true.
    package var reserve: Int

    package init(
        system: String?,
        turns: [Turn],
        layout: Layout,
        maximumPixels: Int? = nil,
        reserve: Int = 0
    ) {
        self.system = system
        self.turns = turns
        self.layout = layout
        self.maximumPixels = maximumPixels
        self.reserve = reserve
    }

    /// One question about some clips.
    package init(system: String?, clips: [Clip], question: String, layout: Layout, maximumPixels: Int? = nil) {
        self.init(
            system: system,
            turns: [Turn(clips: clips, text: question)],
            layout: layout,
            maximumPixels: maximumPixels
        )
    }

    package var clips: [Clip] { turns.flatMap(\.clips) }

    /// The prompt, its frames no larger than lets it have `limit` tokens.
    package func prompt(for model: GLM4V, limit: Int) throws -> FittedPrompt {
        try Fitting(self, model, limit).prompt()
    }

    /// What it will cost, before anything is computed.
    package func cost(for model: GLM4V, limit: Int) throws -> PromptCost {
        let fitted = try prompt(for: model, limit: limit)
        let pictures = fitted.prompt.pictures.map(\.grid.tokens)
        let size = PromptSize(fitted.prompt.tokens.count, fitted.prompt.pictures)
        return PromptCost(
            frames: tokensByFrame(pictures),
            pictures: pictures.reduce(0, +),
            tokens: size.tokens,
            width: size.width,
            height: size.height,
            isScaled: fitted.isScaled
        )
    }

    /// All that can be computed before the last turn's text is known.
    package func preparation(for model: GLM4V, limit: Int) throws -> Preparation {
        var open = self
        if let last = open.turns.indices.last { open.turns[last].text = "" }
        let fitting = try Fitting(open, model, limit)
        return Preparation(
            beginning: Prompt(beginningOf: try open.messages(for: model, fitting.pixels, isOpen: true), for: model),
            pictures: try open.pictures(for: model, fitting.pixels)
        )
    }

    /// How many tokens stand for each frame of each clip, in a prompt with pictures of so many tokens.
    package func tokensByFrame(_ pictures: [Int]) -> [[Int]] {
        var left = pictures[...]
        return clips.map { clip in
            let count = layout.pictures(of: clip)
            defer { left = left.dropFirst(count) }
            return layout.tokensByFrame(Array(left.prefix(count)), of: clip)
        }
    }
}

extension Conversation {
    /// The messages with frames of at most so many pixels, turn by turn. The last one, if it is open, is as much of it as
    /// stands before its text.
    func messages(for model: GLM4V, _ pixels: [Int?], isOpen: Bool = false) throws(PictureError) -> [Message] {
        var messages = system.map { [Message(.system, [.text($0)])] } ?? []
        for (i, turn) in turns.enumerated() {
            let isLast = i == turns.count - 1
            let isUnknown = isOpen && isLast && layout == .questionFirst
            messages.append(Message(.user, isUnknown ? [] : try parts(of: turn, for: model, pixels[i])))
            if !isLast, let reply = turn.reply { messages.append(Message(.assistant, [.text(reply)])) }
        }
        return messages
    }

    func pictures(for model: GLM4V, _ pixels: [Int?]) throws(PictureError) -> [Picture] {
        var pictures: [Picture] = []
        for (turn, pixels) in zip(turns, pixels) { pictures += try self.pictures(of: turn, for: model, pixels) }
        return pictures
    }

    func pictures(of turn: Turn, for model: GLM4V, _ pixels: Int?) throws(PictureError) -> [Picture] {
        turn.clips.isEmpty ? [] : try parts(of: turn, for: model, pixels).flatMap(\.pictures)
    }

    private func parts(of turn: Turn, for model: GLM4V, _ pixels: Int?) throws(PictureError) -> [Part] {
        let processor = layout == .video ? model.videoProcessor : model.imageProcessor
        return try layout.parts(turn.clips, turn.text) { processor.limited(to: pixels, frames: $0) }
    }
}

/// What can be computed of a conversation before its last question is known.
package struct Preparation: Sendable {
    /// As much of the prompt as no question changes.
    package let beginning: Prompt
    /// All pictures of the prompt: where the question stands first, they are not in its beginning.
    package let pictures: [Picture]
}
