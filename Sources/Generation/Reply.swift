/// A reply as it is made. To stop it, stop iterating: the model halts before its next layer.
package typealias ReplyStream = AsyncThrowingStream<ReplyEvent, any Error>

/// What happens while a question is answered, in this order.
package enum ReplyEvent: Sendable, Equatable {
    /// Others go first: 1 is next. Told again whenever it changes, and not at all where nobody is before.
    case queued(position: Int)
    /// How many pictures, and then how many tokens of the prompt, the model has gone through.
    case progress(Stage, done: Int, total: Int)
    /// The prompt is read.
    case read(Reading)
    /// A token, with the text that it completes (none in the middle of a character), so long after the prompt was read.
    case token(ReplyToken, text: String, deltas: [Delta], after: Duration)
    /// The end, with whatever text was held back.
    case finished(Finish, text: String, deltas: [Delta])

    package enum Stage: Sendable { case vision, prefill }
}

/// What it took to read a prompt.
package struct Reading: Sendable, Equatable {
    /// How many tokens were known from before, how many were read, and how many that stand for pictures were computed.
    package var reused = 0, prefilled = 0, looked = 0
    /// How long others went first, and how long it took to look and to read.
    package var waited = Duration.zero, vision = Duration.zero, prefill = Duration.zero

    package init() {}
}

/// Why a reply ended.
package enum Finish: String, Sendable {
    case stop, length, cancelled
}

/// A reply as far as it has come.
package struct Reply: Sendable, Equatable {
    package private(set) var raw = "", thought = "", answer = ""
    package private(set) var marks: [Mark] = []
    package private(set) var tokens: [ReplyToken] = []
    /// Cancelled until the stream says otherwise.
    package private(set) var finish = Finish.cancelled
    package private(set) var reading = Reading()
    /// From when the prompt was read to the last token, and to the first.
    package private(set) var generate = Duration.zero
    private var first: Duration?
    private var isThought = false

    package init() {}

    package mutating func append(_ event: ReplyEvent) {
        switch event {
        case .queued, .progress: break
        case .read(let reading): self.reading = reading
        case .token(let token, let text, let deltas, let elapsed):
            tokens.append(token)
            generate = elapsed
            first = first ?? elapsed
            append(text, deltas)
        case .finished(let finish, let text, let deltas):
            self.finish = finish
            append(text, deltas)
        }
    }

    private mutating func append(_ text: String, _ deltas: [Delta]) {
        raw += text
        for delta in deltas {
            switch delta {
            case .thought(let text):
                thought += text
                isThought = true
            case .answer(let text):
                answer += text
                isThought = false
            case .boxes(let boxes):  // after their own text
                let offset = (isThought ? thought : answer).utf8.count
                marks += boxes.map { Mark(box: $0, isThought: isThought, offset: offset) }
            }
        }
    }
}

extension Reply {
    package var boxes: [Box] { marks.map(\.box) }

    /// From when the question was taken.
    package var timeToFirstToken: Duration? {
        first.map { reading.waited + reading.vision + reading.prefill + $0 }
    }

    /// How fast it was written; nil until there are two tokens.
    package var tokensPerSecond: Double? {
        guard let first, tokens.count > 1, generate > first else { return nil }
        return Double(tokens.count - 1) / ((generate - first) / .seconds(1))
    }
}
