import Foundation
import GLM
import Generation
import History
import Logging

/// A reply in the making: prompt, engine, history, readers.
extension LiveConversation {
    /// From the question to the last token.
    func make(_ reply: String, _ settings: Settings, _ owner: String) async {
        do {
            let loaded = try await services.host.whenReady()
            if !media.isEmpty, preparation.frames.isEmpty {
                update(reply) { $0.setProgress(.running, "sampling") }
            }
            let clips = try await sampledClips(loaded)
            let conversation = asked(clips, settings)
            let limit = loaded.inputLimit(settings)
            let prompt = try await services.worker.run { _ in
                try conversation.prompt(for: loaded.model, limit: limit).prompt
            }
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
            let refusal = Refusal(whileAnswering: error, id: reply)
            if refusal.code == .internalError {
                services.logger.error("reply failed", metadata: ["id": "\(reply)", "error": "\(visible("\(error)"))"])
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
                logger.error("reply not kept", metadata: ["id": "\(reply)", "error": "\(visible("\(error)"))"])
            }
        }.value
    }

    func close(_ index: Int, _ status: MessageStatus, _ refusal: Refusal? = nil) {
        var state = messages[index]
        state.setProgress(status, nil)
        state.details.boxes = boxes(of: state)
        state.record.finish =
            status == .failed ? nil : status == .done ? state.reply.finish.rawValue : Finish.cancelled.rawValue
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
            let frame =
                seconds.map { seconds in
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
    /// Why a reply, or a preparation, ended without being finished. Its `id` is in the log.
    init(whileAnswering error: any Error, id: String) {
        switch error {
        case let refusal as Refusal: self = refusal
        case let error as PromptError: self.init(.contextExceeded, error.description)
        case let error as PictureError: self.init(.unreadableMedia, error.description)
        case let error as QueueFull: self.init(.queueFull, error.description, retryAfter: 10)
        case GenerationError.contextExceeded: self.init(.contextExceeded, "\(error)")
        case GenerationError.notFinite: self.init(.modelFailed, "\(error)")
        default:
            let refusal = Refusal(error)
            self =
                refusal.code == .internalError
                ? Refusal(.internalError, "Something went wrong in the server; its log says what, under \(id).")
                : refusal
        }
    }
}
