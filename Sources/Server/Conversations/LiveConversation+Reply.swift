import Foundation
import Generation
import GLM
import History
import Logging

extension LiveConversation {
    /// Puts a question and begins its reply. `replaced` is an earlier question that this one corrects: it and all after it go.
    func ask(
        _ text: String,
        settings newSettings: Settings?,
        replacing replaced: String?,
        owner: String
    ) async throws -> [MessageView] {
        let first = try replaced.map { id in
            guard let index = messages.firstIndex(where: { $0.record.id == id && !$0.isReply }) else {
                throw Refusal.notFound
            }
            return index
        }
        let question = MessageRecord(
            id: Identifier.random(),
            conversationID: id,
            role: .user,
            text: text.withoutNUL,
            createdAt: Date()
        )
        return try await begin(from: first ?? messages.count, question: question, newSettings, owner)
    }

    /// Makes another reply in the place of the last one.
    func regenerate(_ reply: String, settings newSettings: Settings?, owner: String) async throws -> [MessageView] {
        guard messages.contains(where: { $0.record.id == reply && $0.isReply }) else { throw Refusal.notFound }
        guard messages.last?.record.id == reply, messages.count > 1 else {
            throw Refusal(.nothingToRegenerate, "Only the last reply can be made again.")
        }
        return try await begin(from: messages.count - 1, question: nil, newSettings, owner)
    }

    /// Stops a reply: the machine is free before its next token.
    func stop(_ reply: String) async throws -> MessageView {
        guard let index = messages.firstIndex(where: { $0.record.id == reply && $0.isReply }) else {
            throw Refusal.notFound
        }
        guard messages[index].isOpen else { throw Refusal(.notRunning, "That reply is finished already.") }
        await end(reply, .stopped)
        return messages[index].view(duration: duration)
    }

    private func begin(
        from first: Int,
        question: MessageRecord?,
        _ newSettings: Settings?,
        _ owner: String
    ) async throws -> [MessageView] {
        try checkNotRunning()
        guard !isStopping else { throw Refusal.stopping }
        guard !isOver else { throw Refusal.notFound }
        let settings = newSettings ?? self.settings
        let start = ContinuousClock.now
        let reply = MessageRecord(
            id: Identifier.random(),
            conversationID: id,
            role: .assistant,
            text: "",
            createdAt: Date(),
            settings: try JSON.string(settings)
        )
        try services.admission.enter(owner)
        // In place before the first suspension: nobody else may begin one meanwhile.
        let (before, gone) = (messages, messages[first...].map(\.record.id))
        messages.removeSubrange(first...)
        if let question { messages.append(MessageState(question)) }
        messages.append(MessageState(new: reply, settings))
        var changed = record
        if !changed.isTitled, let text = messages.first?.record.text { changed.title = Self.title(of: text) }
        changed.settings = reply.settings
        changed.updatedAt = Date()
        do {
            try await services.store.say([question, reply].compactMap { $0 }, replacing: gone, in: changed)
        } catch {
            messages = before
            services.admission.leave(owner, after: .zero)
            throw error
        }
        guard !isOver else {
            services.admission.leave(owner, after: .zero)
            throw Refusal.notFound
        }
        let showsOtherwise = !settings.showsTheSame(as: self.settings)
        (record, self.settings) = (changed, settings)
        headRevision += 1
        if showsOtherwise { prepareAnew() }
        replyTask = Task {
            await make(reply.id, settings, owner)
            services.admission.leave(owner, after: ContinuousClock.now - start)
        }
        wakeReaders()
        return messages.indices.suffix(2).map { messages[$0].view(duration: duration) }
    }

    /// The first line, cut between words where it is long.
    static func title(of text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        guard line.count > 80 else { return line }
        let cut = line.prefix(79)
        return (cut.lastIndex(of: " ").map { cut[..<$0] } ?? cut) + "…"
    }
}
