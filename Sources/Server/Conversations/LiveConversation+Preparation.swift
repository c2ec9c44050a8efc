import Foundation
import Generation
import GLM
import History
import Logging
import Media

extension LiveConversation {
    /// Prepares what was not prepared yet.
    func prepare() {
        switch preparation.state {
        case .none, .sampled, .failed: if preparationTask == nil { startPreparing() }
        case .waiting, .preparing, .ready: break
        }
    }

    /// Prepares from the start: other frames are to be seen, or in another way.
    func prepareAnew() {
        sampling?.cancel()
        sampling = nil
        startPreparing()
    }

    /// After a reply: what it said is read, so that the next question is all that is left to read.
    func prepareFollowUp() {
        guard preparationTask == nil, sampling != nil, !isStopping, !isOver else { return }
        preparationNumber += 1
        setPreparation { $0.state = .waiting }
        let number = preparationNumber
        preparationTask = Task { await prepare(number) }
    }

    func stopPreparing() {
        preparationTask?.cancel()
        preparationTask = nil
        preparationNumber += 1
        guard preparation.state == .waiting || preparation.state == .preparing else { return }
        setPreparation { $0.rest() }
    }

    private func startPreparing() {
        preparationTask?.cancel()
        preparationNumber += 1
        guard !media.isEmpty, !isStopping, !isOver else {
            preparationTask = nil
            return setPreparation { $0 = PreparationView() }
        }
        framesRevision += 1
        setPreparation { $0 = PreparationView(state: .waiting) }
        let number = preparationNumber
        preparationTask = Task { await prepare(number) }
    }

    private func prepare(_ number: Int) async {
        do {
            let loaded = try await services.host.whenReady()
            let settings = settings
            let clips = try await sampledClips(loaded)
            guard number == preparationNumber else { return }
            if settings.layout != .questionFirst { try await prepare(clips, settings, loaded, number) }
        } catch is CancellationError {
        } catch {
            guard number == preparationNumber else { return }
            let refusal = Refusal(whileAnswering: error, id: id)
            if refusal.code == .internalError {
                services.logger.error(
                    "preparation failed",
                    metadata: ["id": "\(id)", "error": "\(visible("\(error)"))"]
                )
            }
            setPreparation(number) { view in
                view.rest()
                view.state = .failed
                view.error = ErrorView(code: refusal.code.rawValue, message: refusal.message)
            }
        }
        guard number == preparationNumber else { return }
        preparationTask = nil
        if preparation.state == .waiting || preparation.state == .preparing { setPreparation { $0.rest() } }
    }

    /// Has the frames' part of the prompt computed.
    private func prepare(_ clips: [Clip], _ settings: Settings, _ loaded: LoadedModel, _ number: Int) async throws {
        let (conversation, limit) = (asked(clips, settings), loaded.inputLimit(settings))
        let work = try await services.worker.run { _ in try conversation.preparation(for: loaded.model, limit: limit) }
        try Task.checkCancellation()
        var isFinished = false
        for try await event in try loaded.generator.prepare(work, owner: id) {
            switch event {
            case .progress(let stage, let done, let total):
                setPreparation(number) { view in
                    view.state = .preparing
                    view.stage = stage == .vision ? "vision" : "prefill"
                    (view.done, view.total) = (done, total)
                }
            case .paused: setPreparation(number) { $0.state = .waiting }
            case .finished: isFinished = true
            }
        }
        guard isFinished else { return }
        setPreparation(number) { view in
            view.rest()
            view.state = .ready
            view.cost?.estimatedSeconds = loaded.generator.speed.time(
                pictureTokens: 0,
                promptTokens: Self.shortQuestion
            )
            .map { $0 / .seconds(1) }
        }
    }

    /// Tokens of a question of one line and of what the template puts around it.
    private static let shortQuestion = 32

    // MARK: - Frames

    /// The frames of all media, decoded once for these settings, whoever asks first.
    func sampledClips(_ loaded: LoadedModel) async throws -> [Clip] {
        guard !media.isEmpty else { return [] }
        if let sampling { return try await sampling.value }
        let (media, settings) = (media, settings)
        let task = Task {
            let clips = try await sample(media, settings, loaded)
            try await show(clips, of: media, settings, loaded)
            return clips
        }
        sampling = task
        do {
            return try await task.value
        } catch {
            if sampling == task { sampling = nil }
            throw error
        }
    }

    private func sample(_ media: [MediaRecord], _ settings: Settings, _ loaded: LoadedModel) async throws -> [Clip] {
        var clips: [Clip] = []
        for medium in media {
            clips.append(
                try await services.clips.clip(of: medium, settings, loaded) { done, total in
                    Task { await self.showSampling(done, total) }
                }
            )
            try Task.checkCancellation()
        }
        return clips
    }

    private func showSampling(_ done: Int, _ total: Int) {
        guard preparation.frames.isEmpty, preparation.state == .waiting || preparation.state == .preparing else {
            return
        }
        setPreparation { view in
            view.state = .preparing
            view.stage = "sampling"
            (view.done, view.total) = (done, total)
        }
    }

    /// Tells readers which frames were taken and what they cost.
    private func show(_ clips: [Clip], of media: [MediaRecord], _ settings: Settings, _ loaded: LoadedModel)
        async throws
    {
        let (conversation, limit) = (asked(clips, settings), loaded.inputLimit(settings))
        let cost = try await services.worker.run { _ in try conversation.cost(for: loaded.model, limit: limit) }
        try Task.checkCancellation()
        let frames = zip(media, zip(clips, cost.frames)).flatMap { medium, clip in
            zip(clip.0.frames, clip.1).map { frame, tokens in
                FrameView(
                    mediaId: medium.id,
                    index: frame.index,
                    time: frame.time,
                    width: frame.image.width,
                    height: frame.image.height,
                    tokens: tokens,
                    url: MediaLibrary.frameURL(of: medium.id, index: frame.index)
                )
            }
        }
        let seconds = loaded.generator.speed.time(pictureTokens: cost.pictures, promptTokens: cost.tokens)
        framesRevision += 1
        headRevision += 1  // the media have their posters now
        setPreparation { view in
            view.frames = frames
            if view.state == .none { view.state = .sampled }
            view.cost = CostView(
                tokensPerFrame: frames.map(\.tokens).max() ?? 0,
                frameTokens: cost.pictures,
                textTokens: cost.tokens - cost.pictures,
                totalTokens: cost.tokens,
                inputLimit: limit,
                scaledWidth: cost.width,
                scaledHeight: cost.height,
                isScaled: cost.isScaled,
                estimatedSeconds: seconds.map { $0 / .seconds(1) }
            )
        }
    }

    private func setPreparation(_ number: Int? = nil, _ change: (inout PreparationView) -> Void) {
        guard number == nil || number == preparationNumber else { return }
        change(&preparation)
        preparationRevision += 1
        wakeReaders()
    }
}

extension PreparationView {
    /// Nothing is being done: the frames are known, or not even they.
    fileprivate mutating func rest() {
        state = frames.isEmpty ? .none : .sampled
        (stage, done, total) = (nil, 0, 0)
    }
}
