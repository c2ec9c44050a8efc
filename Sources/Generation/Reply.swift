/// A reply as it is made. To stop it, stop iterating: the model halts before its next layer.
package typealias ReplyStream = AsyncThrowingStream<ReplyEvent, any Error>

/// What happens while a question is answered, in this order.
package enum ReplyEvent: Sendable, Equatable {
    /// How many pictures, and then how many tokens of the prompt, the model has gone through.
    case progress(Stage, done: Int, total: Int)
    /// The prompt is read.
    case read(vision: Duration, prefill: Duration)
    /// A token, with the text that it completes (none in the middle of a character), so long after the prompt was read.
    case token(ReplyToken, text: String, deltas: [Delta], after: Duration)
    /// The end, with whatever text was held back.
    case finished(Finish, text: String, deltas: [Delta])

    package enum Stage: Sendable { case vision, prefill }
}

/// Why a reply ended.
package enum Finish: String, Sendable {
    case stop, length, cancelled
}

/// How long each part took.
package struct Timing: Sendable, Equatable {
    package var vision = Duration.zero, prefill = Duration.zero, generate = Duration.zero

    package init() {}
}

/// A reply as far as it has come.
package struct Reply: Sendable, Equatable {
    package private(set) var raw = "", thought = "", answer = ""
    package private(set) var boxes: [Box] = []
    package private(set) var tokens: [ReplyToken] = []
    /// Cancelled until the stream says otherwise.
    package private(set) var finish = Finish.cancelled
    package private(set) var timing = Timing()

    package init() {}

    package mutating func append(_ event: ReplyEvent) {
        switch event {
        case .progress: break
        case .read(let vision, let prefill): (timing.vision, timing.prefill) = (vision, prefill)
        case .token(let token, let text, let deltas, let elapsed):
            tokens.append(token)
            timing.generate = elapsed
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
            case .thought(let text): thought += text
            case .answer(let text): answer += text
            case .boxes(let boxes): self.boxes += boxes
            }
        }
    }
}
