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
            if case .progress(let stage, let done, let total) = event { bars[stage]?.show(done, of: total) }
            let before = reply
            reply.append(event)
            show(from: before, to: reply)
        }
        if style != .nothing { Terminal.print("") }
        return reply
    }

    private func show(from before: Reply, to after: Reply) {
        switch style {
        case .nothing: break
        case .raw: Terminal.write(after.raw.dropFirst(before.raw.count))
        case .readable:
            Terminal.write(after.thought.dropFirst(before.thought.count), isDim: true)
            let answer = after.answer.dropFirst(before.answer.count)
            guard !answer.isEmpty else { return }
            if before.answer.isEmpty, !after.thought.isEmpty { Terminal.write("\n\n") }
            Terminal.write(answer)
        }
    }
}
