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
            guard let index = messages.firstIndex(where: { $0.record.id == id && !$0.isReply }) else { throw Refusal.notFound }
            return index
        }
        let question = MessageRecord(
            id: Identifier.random(),
            conversationID: id,
            role: .user,
            text: text,
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
        guard let index = messages.firstIndex(where: { $0.record.id == reply && $0.isReply }) else { throw Refusal.notFound }
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
        try services.admission.enter()
        let start = ContinuousClock.now

        let reply = MessageRecord(
            id: Identifier.random(),
            conversationID: id,
            role: .assistant,
            text: "",
            createdAt: Date(),
            settings: try JSON.string(settings)
        )
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
            services.admission.leave(after: .zero)
            throw error
        }
        let showsOtherwise = !settings.showsTheSame(as: self.settings)
        (record, self.settings) = (changed, settings)
        headRevision += 1
        if showsOtherwise { prepareAnew() }
        replyTask = Task {
            await make(reply.id, settings, owner)
            services.admission.leave(after: ContinuousClock.now - start)
        }
        wakeReaders()
        touch()
        return messages.indices.suffix(2).map { messages[$0].view(duration: duration) }
    }

    /// The first line, cut between words where it is long.
    static func title(of text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        guard line.count > 80 else { return line }
        let cut = line.prefix(79)
        return (cut.lastIndex(of: " ").map { cut[..<$0] } ?? cut) + "…"
    }

    // MARK: - Making a reply

    private func make(_ reply: String, _ settings: Settings, _ owner: String) async {
        do {
            let loaded = try await services.host.whenReady()
            if !media.isEmpty, preparation.frames.isEmpty {
                update(reply) { $0.setProgress(.running, "sampling") }
            }
            let clips = try await sampledClips(loaded)
            let conversation = asked(clips, settings)
            let limit = loaded.inputLimit(settings)
            let prompt = try await services.worker.run { _ in try conversation.prompt(for: loaded.model, limit: limit).prompt }
            try Task.checkCancellation()
            update(reply) { $0.details.stats.promptTokens = prompt.tokens.count }
            for try await event in try loaded.generator.reply(to: prompt, options: settings.options, owner: owner) {
                try await take(event, reply)
            }
            if Task.isCancelled { return await end(reply, .interrupted) }
            await end(reply, .done)
            prepareFollowUp()
        } catch is CancellationError {
            await end(reply, .interrupted)
        } catch {
            let refusal = Refusal(whileAnswering: error)
            if refusal.code == .internalError {
                services.logger.error("reply failed", metadata: ["error": "\(visible("\(error)"))"])
            }
            await end(reply, .failed, refusal)
        }
    }

    /// All that was said, as the model is told it. A reply that came to no answer is left out, with its question.
    func asked(_ clips: [Clip], _ settings: Settings) -> GLM.Conversation {
        var turns: [GLM.Conversation.Turn] = []
        for (question, reply) in zip(messages, messages.dropFirst()) where !question.isReply && reply.isReply {
            if reply.isOpen {
                turns.append(.init(text: question.record.text))
            } else if !reply.reply.answer.isEmpty {
                turns.append(.init(text: question.record.text, reply: reply.reply.answer))
            }
        }
        if turns.last?.reply != nil || turns.isEmpty { turns.append(.init(text: "")) }
        turns[0].clips = clips
        return GLM.Conversation(
            system: settings.system.isEmpty ? nil : settings.system,
            turns: turns,
            layout: settings.layout,
            maximumPixels: settings.maxPixels,
            reserve: LoadedModel.reserve
        )
    }

    private func update(_ reply: String, _ change: (inout MessageState) -> Void) {
        guard let index = messages.firstIndex(where: { $0.record.id == reply }), messages[index].isOpen else { return }
        change(&messages[index])
        wakeReaders()
    }

    private func take(_ event: ReplyEvent, _ reply: String) async throws {
        guard let index = messages.firstIndex(where: { $0.record.id == reply }), messages[index].isOpen else {
            throw CancellationError()
        }
        var state = messages[index]
        state.append(event)
        switch event {
        case .queued(let position): state.setProgress(.queued, nil, position: position)
        case .progress(let stage, let done, let total):
            state.setProgress(.running, stage == .vision ? "vision" : "prefill", done: done, total: total)
        case .read(let reading):
            state.details.stats.cachedTokens = reading.reused
            state.setProgress(.running, "thinking")
        case .token, .finished:
            state.countTokens(now: .now)
            try await services.store.update(state.record)  // before anybody sees it
        }
        // The actor may have done something else meanwhile: stopped this reply, or dropped it.
        guard let index = messages.firstIndex(where: { $0.record.id == reply }), messages[index].isOpen else {
            throw CancellationError()
        }
        messages[index] = state
        wakeReaders()
    }

    /// Ends a reply, once: whoever comes later says nothing more.
    func end(_ reply: String, _ status: MessageStatus, _ refusal: Refusal? = nil) async {
        guard let index = messages.firstIndex(where: { $0.record.id == reply }), messages[index].isOpen else { return }
        replyTask?.cancel()
        close(index, status, refusal)
        let state = messages[index]
        services.measures.count(state.details.stats)
        headRevision += 1
        wakeReaders()
        // In a task of its own: this one may be the reply's, which is cancelled.
        let (store, logger) = (services.store, services.logger)
        await Task {
            do {
                try await store.update(state.record)
            } catch {
                logger.error("reply not kept", metadata: ["error": "\(visible("\(error)"))"])
            }
        }.value
    }

    func close(_ index: Int, _ status: MessageStatus, _ refusal: Refusal? = nil) {
        var state = messages[index]
        state.setProgress(status, nil)
        state.details.boxes = boxes(of: state)
        state.record.finish = status == .failed ? nil : status == .done ? state.reply.finish.rawValue : Finish.cancelled.rawValue
        state.record.errorCode = refusal?.code.rawValue
        state.record.errorMessage = refusal?.message
        state.record.details = (try? JSON.string(state.details)) ?? "{}"
        state.revision += 1
        messages[index] = state
    }
}

extension MessageState {
    /// Brings the numbers up to date, and tells readers about once a second.
    fileprivate mutating func countTokens(now: ContinuousClock.Instant) {
        let isFirst = details.stats.timeToFirstToken == nil
        details.stats.replyTokens = reply.tokens.count
        details.stats.timeToFirstToken = reply.timeToFirstToken.map { $0 / .seconds(1) }
        details.stats.generateSeconds = reply.generate / .seconds(1)
        details.stats.tokensPerSecond = reply.tokensPerSecond
        if reply.answer.isEmpty { details.stats.thoughtSeconds = reply.generate / .seconds(1) }
        stage = reply.answer.isEmpty ? "thinking" : "answering"
        if isFirst || Int(reply.generate / .seconds(1)) != lastSecond {
            lastSecond = Int(reply.generate / .seconds(1))
            statsRevision += 1
        }
    }
}

extension LiveConversation {
    /// The boxes of a reply, each on the sampled frame that is nearest to the second that it speaks of; the first where it
    /// names none.
    func boxes(of state: MessageState) -> [BoxView] {
        let question = messages.last { !$0.isReply }?.record.text ?? ""
        return state.reply.marks.map { mark in
            let seconds = state.reply.seconds(of: mark, question: question, duration: duration)
            let frame = seconds.map { seconds in
                preparation.frames.min { abs($0.time - seconds) < abs($1.time - seconds) }
            } ?? preparation.frames.first
            return BoxView(
                left: mark.box.left,
                top: mark.box.top,
                right: mark.box.right,
                bottom: mark.box.bottom,
                mediaId: frame?.mediaId,
                frameIndex: frame?.index,
                frameTime: frame?.time
            )
        }
    }
}

extension Refusal {
    /// Why a reply ended without being finished.
    init(whileAnswering error: any Error) {
        switch error {
        case let refusal as Refusal: self = refusal
        case let error as PromptError: self.init(.contextExceeded, error.description)
        case let error as PictureError: self.init(.unreadableMedia, error.description)
        case let error as QueueFull: self.init(.queueFull, error.description, retryAfter: 10)
        case GenerationError.contextExceeded: self.init(.contextExceeded, "\(error)")
        case GenerationError.notFinite: self.init(.modelFailed, "\(error)")
        default: self.init(error)
        }
    }
}
