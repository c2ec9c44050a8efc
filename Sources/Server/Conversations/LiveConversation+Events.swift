import Foundation
import Generation
import History
import NIOCore
import NIOFoundationEssentialsCompat

/// How much of a conversation a reader has been told.
struct ReaderState: Sendable {
    var head = 0, frames = 0, preparation = 0
    var messages: [String: Told] = [:]

    struct Told: Sendable {
        var revision = 0, progress = 0, stats = 0
        /// UTF-8 bytes of each text, and of those that the HTML was made of.
        var raw = 0, thought = 0, answer = 0
        var thoughtHTML = 0, answerHTML = 0
    }
}

extension LiveConversation {
    /// What has changed since a reader was told last, as server-sent events; a new reader is told everything.
    func news(since state: ReaderState?) throws -> (events: ByteBuffer, state: ReaderState, isOver: Bool) {
        var events = ByteBuffer()
        guard !isOver else {
            if state != nil { try events.write(event: "deleted", NothingView()) }
            return (events, state ?? ReaderState(), true)
        }
        var told = state ?? ReaderState()
        if state == nil {
            events.writeString("retry: 1000\n\n")
            try events.write(event: "snapshot", view)
            for index in messages.indices { told.messages[messages[index].record.id] = toldAll(of: messages[index]) }
        } else {
            try tellChanges(&told, into: &events)
        }
        (told.head, told.frames, told.preparation) = (headRevision, framesRevision, preparationRevision)
        let isLast = isStopping && !isRunning
        if isLast { try events.write(event: "stopping", NothingView()) }
        return (events, told, isLast)
    }

    private func tellChanges(_ told: inout ReaderState, into events: inout ByteBuffer) throws {
        let gone = Set(told.messages.keys).subtracting(messages.map(\.record.id))
        if !gone.isEmpty {
            try events.write(event: "removed", RemovedView(ids: gone.sorted()))
            for id in gone { told.messages[id] = nil }
        }
        if told.head != headRevision { try events.write(event: "conversation", head) }
        if told.frames != framesRevision {
            try events.write(event: "preparation", preparation)
        } else if told.preparation != preparationRevision {
            try events.write(event: "preparation", PreparationProgressView(preparation))
        }
        for index in messages.indices { try tell(index, &told, into: &events) }
    }

    private func tell(_ index: Int, _ state: inout ReaderState, into events: inout ByteBuffer) throws {
        let message = messages[index]
        let id = message.record.id
        guard var told = state.messages[id], told.revision == message.revision else {
            try events.write(event: "message", messages[index].view(duration: duration))
            state.messages[id] = toldAll(of: messages[index])
            return
        }
        guard message.isReply else { return }
        if told.progress != message.progressRevision {
            told.progress = message.progressRevision
            try events.write(event: "progress", ProgressView(message))
        }
        let reply = message.reply
        let delta = DeltaView(
            id: id,
            stage: message.stage,
            raw: reply.raw.suffix(after: &told.raw),
            thought: reply.thought.suffix(after: &told.thought),
            answer: reply.answer.suffix(after: &told.answer)
        )
        if !(delta.raw + delta.thought + delta.answer).isEmpty { try events.write(event: "delta", delta) }
        if told.thoughtHTML != told.thought || told.answerHTML != told.answer {
            let html = messages[index].html(duration: duration)
            let rendered = RenderedView(
                id: id,
                thoughtHtml: told.thoughtHTML == told.thought ? nil : html.thought,
                answerHtml: html.answer,
                boxes: boxes(of: messages[index])
            )
            (told.thoughtHTML, told.answerHTML) = (told.thought, told.answer)
            try events.write(event: "rendered", rendered)
        }
        if told.stats != message.statsRevision {
            told.stats = message.statsRevision
            try events.write(event: "stats", StatsChangeView(id: id, stats: message.details.stats))
        }
        state.messages[id] = told
    }

    private func toldAll(of message: MessageState) -> ReaderState.Told {
        let (thought, answer) = (message.reply.thought.utf8.count, message.reply.answer.utf8.count)
        return ReaderState.Told(
            revision: message.revision,
            progress: message.progressRevision,
            stats: message.statsRevision,
            raw: message.reply.raw.utf8.count,
            thought: thought,
            answer: answer,
            thoughtHTML: thought,
            answerHTML: answer
        )
    }
}

extension ProgressView {
    init(_ message: MessageState) {
        self.init(
            id: message.record.id,
            status: message.record.status,
            stage: message.stage,
            queuePosition: message.queuePosition,
            done: message.done,
            total: message.total
        )
    }
}

extension String {
    /// What comes after so many bytes, which end between two characters; the count moves to the end.
    fileprivate func suffix(after bytes: inout Int) -> String {
        defer { bytes = utf8.count }
        return String(decoding: utf8.dropFirst(bytes), as: UTF8.self)
    }
}

extension ByteBuffer {
    /// One server-sent event: its name, its JSON in one line, a blank line.
    mutating func write(event name: String, _ value: some Encodable) throws {
        writeString("event: \(name)\ndata: ")
        writeData(try JSON.data(value))
        writeString("\n\n")
    }
}
