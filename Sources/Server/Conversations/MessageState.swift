import Foundation
import GLM
import Generation
import History

/// A message in memory: what is kept of it, and, while a reply is being made, how far it is.
struct MessageState: Sendable {
    var record: MessageRecord
    private(set) var reply = Reply()
    var details = ReplyDetails()
    var settings = Settings()
    var stage: String?
    var queuePosition: Int?
    var done = 0, total = 0

    /// Risen when the message as a whole has changed; when only its progress has; when its numbers have.
    var revision = 0, progressRevision = 0, statsRevision = 0
    /// The whole second in which readers were last told the numbers.
    var lastSecond = -1
    private var rendered: Rendered?

    private struct Rendered: Sendable {
        let thoughtBytes, answerBytes: Int
        let thought, answer: String
    }

    init(_ record: MessageRecord) {
        self.record = record
        guard record.role == .assistant else { return }
        var parser = ReplyParser()
        let deltas = parser.append(record.text) + parser.finish()
        reply.append(.finished(.stop, text: record.text, deltas: deltas))
        details = (try? JSONDecoder().decode(ReplyDetails.self, from: Data(record.details.utf8))) ?? ReplyDetails()
        settings = (try? JSONDecoder().decode(Settings.self, from: Data(record.settings.utf8))) ?? Settings()
    }

    /// A reply that has not begun.
    init(new record: MessageRecord, _ settings: Settings) {
        self.record = record
        self.settings = settings
    }

    var isReply: Bool { record.role == .assistant }
    var isOpen: Bool { isReply && record.status.isOpen }

    mutating func append(_ event: ReplyEvent) {
        reply.append(event.withoutNUL)
        record.text = reply.raw
    }

    mutating func setProgress(
        _ status: MessageStatus,
        _ stage: String?,
        done: Int = 0,
        total: Int = 0,
        position: Int? = nil
    ) {
        record.status = status
        (self.stage, self.done, self.total, queuePosition) = (stage, done, total, position)
        progressRevision += 1
    }

    /// The thought and the answer as HTML, made anew only where they have grown.
    mutating func html(duration: Double?) -> (thought: String, answer: String) {
        let (thoughtBytes, answerBytes) = (reply.thought.utf8.count, reply.answer.utf8.count)
        let old = rendered
        if let old, old.thoughtBytes == thoughtBytes, old.answerBytes == answerBytes {
            return (old.thought, old.answer)
        }
        let thought =
            old?.thoughtBytes == thoughtBytes
            ? old?.thought ?? "" : SafeHTML(markdown: reply.thought, duration: duration).text
        let answer =
            old?.answerBytes == answerBytes
            ? old?.answer ?? "" : SafeHTML(markdown: reply.answer, duration: duration).text
        rendered = Rendered(thoughtBytes: thoughtBytes, answerBytes: answerBytes, thought: thought, answer: answer)
        return (thought, answer)
    }

    mutating func view(duration: Double?) -> MessageView {
        guard isReply else {
            return .question(
                QuestionView(id: record.id, role: .user, createdAt: record.createdAt, text: record.text)
            )
        }
        let html = html(duration: duration)
        return .reply(
            ReplyView(
                id: record.id,
                role: .assistant,
                createdAt: record.createdAt,
                status: record.status,
                stage: stage,
                queuePosition: queuePosition,
                done: done,
                total: total,
                raw: reply.raw,
                thought: reply.thought,
                answer: reply.answer,
                thoughtHtml: html.thought,
                answerHtml: html.answer,
                boxes: details.boxes,
                moments: moments(duration: duration),
                finish: record.finish,
                error: record.errorCode.map { ErrorView(code: $0, message: record.errorMessage ?? "") },
                stats: details.stats,
                settings: settings
            )
        )
    }

    private func moments(duration: Double?) -> [MomentView] {
        guard let duration, !record.status.isOpen else { return [] }
        return Cue.all(in: reply.answer, duration: duration).map { MomentView(seconds: $0.start, text: $0.text) }
    }
}

extension String {
    /// SQLite ends a text at U+0000, so that there is none in what is kept and shown.
    var withoutNUL: String { contains("\0") ? replacing("\0", with: "\u{FFFD}") : self }
}

extension ReplyEvent {
    fileprivate var withoutNUL: ReplyEvent {
        switch self {
        case .queued, .progress, .read: self
        case .token(let token, let text, let deltas, let elapsed):
            .token(token, text: text.withoutNUL, deltas: deltas.map(\.withoutNUL), after: elapsed)
        case .finished(let finish, let text, let deltas):
            .finished(finish, text: text.withoutNUL, deltas: deltas.map(\.withoutNUL))
        }
    }
}

extension Delta {
    fileprivate var withoutNUL: Delta {
        switch self {
        case .thought(let text): .thought(text.withoutNUL)
        case .answer(let text): .answer(text.withoutNUL)
        case .boxes: self
        }
    }
}
