import Generation

/// Prints a reply as it comes, after bars for what comes before it.
struct ReplyPrinter {
    enum Style { case readable, raw, nothing }

    private let style: Style

    init(_ style: Style) { self.style = style }

    /// Prints to the end, and returns all of it.
    func print(_ stream: ReplyStream) async throws -> Reply {
        var reply = Reply()
        let bars = [ReplyEvent.Stage.vision: ProgressBar("Looking"), .prefill: ProgressBar("Reading")]
        defer { bars.values.forEach { $0.clear() } }
        for try await event in stream {
            switch event {
            case .progress(let stage, let done, let total): bars[stage]?.show(done, of: total)
            case .queued, .read: break
            case .token(_, let text, let deltas, _), .finished(_, let text, let deltas):
                try show(text, deltas, after: reply)
            }
            reply.append(event)
        }
        if style != .nothing { try Terminal.print("") }
        return reply
    }

    private func show(_ text: String, _ deltas: [Delta], after reply: Reply) throws {
        switch style {
        case .nothing: break
        case .raw: try Terminal.write(text)
        case .readable:
            var (hasThought, hasAnswer) = (!reply.thought.isEmpty, !reply.answer.isEmpty)
            for delta in deltas {
                switch delta {
                case .thought(let text):
                    try Terminal.write(text, isDim: true)
                    hasThought = true
                case .answer(let text):
                    if hasThought, !hasAnswer { try Terminal.write("\n\n") }
                    try Terminal.write(text)
                    hasAnswer = true
                case .boxes: break  // their numbers are part of the answer
                }
            }
        }
    }
}
