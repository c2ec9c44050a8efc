import GLM
import Media
import Synchronization
import Tokenization

/// A loaded model, answering one question at a time.
///
/// A forward pass is seconds of arithmetic with nowhere to suspend, so the engine runs on a thread of its own: on the
/// cooperative pool it would hold up everything else. And since `work` never awaits, two questions cannot interleave on
/// one cache: they wait in line.
package actor Engine {
    private let model: GLM4V
    private let cache: PrefixCache
    private let scheduler: Scheduler
    private let measured = Mutex(Speed())
    private let kept = Mutex((bytes: 0, timelines: 0))
    private let executor = DedicatedExecutor(label: "engine")
    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// How many tokens a prompt and its reply may have together.
    package nonisolated let context: Int

    /// `context` is the most tokens of a prompt and its reply, where that is less than the model's own; `cacheBytes` the
    /// memory in which what was computed is kept for later questions; `places` how many questions may wait.
    package init(_ model: GLM4V, context: Int = .max, cacheBytes: Int = 0, places: Int = 30) {
        self.model = model
        self.context = min(context, model.config.text.contextLength)
        cache = PrefixCache(model, budget: cacheBytes)
        scheduler = Scheduler(places: places)
    }

    /// Streams the reply. To stop it, stop iterating: the model halts before its next layer, or the place in the line is free
    /// at once.
    ///
    /// Who asks is the `owner`: owners take turns. Refuses at once what cannot be asked, and whom the line has no place for.
    package nonisolated func reply(
        to prompt: Prompt,
        options: ReplyOptions,
        owner: String = ""
    ) throws -> ReplyStream {
        try options.validate()
        guard prompt.tokens.count < context else {
            throw GenerationError.contextExceeded(tokens: prompt.tokens.count, context: context)
        }
        let (stream, continuation) = ReplyStream.makeStream()
        let job = QuestionJob(prompt, options, owner: owner, continuation)
        try scheduler.add(job)
        continuation.onTermination = { [scheduler] _ in
            job.stop()
            scheduler.remove(job)
        }
        Task { await work() }
        return stream
    }

    /// Computes what no question changes, when nobody asks: questions go first, between two pictures or pieces of text, and
    /// what is done by then is kept.
    ///
    /// A newer preparation of the same owner replaces it, and its stream throws a `CancellationError`. To stop it, stop
    /// iterating.
    package nonisolated func prepare(
        _ preparation: Preparation,
        owner: String = ""
    ) throws -> PreparationStream {
        let tokens = preparation.beginning.tokens.count
        guard tokens < context else { throw GenerationError.contextExceeded(tokens: tokens, context: context) }
        let (stream, continuation) = PreparationStream.makeStream()
        let job = PreparationJob(preparation, owner: owner, continuation)
        try scheduler.add(job)
        continuation.onTermination = { [scheduler] _ in
            job.stop()
            scheduler.remove(job)
        }
        Task { await work() }
        return stream
    }

    /// Gets a first measure of the speed, when nobody asks, by a picture and some words that nobody sees.
    package nonisolated func measure() async throws {
        let image = RGBImage(width: 224, height: 224, pixels: Array(repeating: 127, count: 224 * 224 * 3))
        let info = VideoInfo(duration: 0, fps: 0, frameCount: 1, width: 224, height: 224, isPicture: true)
        let conversation = Conversation(
            system: String(repeating: "How fast can this be read? ", count: 16),
            clips: [Clip(info: info, frames: [VideoFrame(index: 0, time: 0, image: image)])],
            question: "",
            layout: .framesFirst
        )
        for try await _ in try prepare(conversation.preparation(for: model, limit: context), owner: "") {}
    }

    /// How fast the model was lately.
    package nonisolated var speed: Speed { measured.withLock { $0 } }

    /// What the engine is at.
    package nonisolated var load: EngineLoad {
        let (now, kept) = (scheduler.load, kept.withLock { $0 })
        return EngineLoad(
            isAnswering: now.isRunning,
            waiting: now.waiting,
            preparing: now.preparing,
            cachedBytes: kept.bytes,
            timelines: kept.timelines
        )
    }

    /// Does what there is to do. Whoever comes meanwhile calls this again, but most often finds it done.
    private func work() {
        while let job = scheduler.next() {
            switch job {
            case .question(let job): answer(job)
            case .preparation(let job): prepare(job)
            }
        }
    }

    /// Says what is kept, before a stream says that it ends.
    private func publish() {
        let (bytes, count) = (cache.bytes, cache.count)
        kept.withLock { $0 = (bytes, count) }
    }

    private func answer(_ job: QuestionJob) {
        let start = ContinuousClock.now
        let failure = Result { try generate(job, start) }.failure
        publish()
        scheduler.finish(after: ContinuousClock.now - start)
        job.finish(throwing: failure)
    }

    private func generate(_ job: QuestionJob, _ start: ContinuousClock.Instant) throws {
        guard !job.isStopped else { throw CancellationError() }
        try model.checkUnchanged()
        let tokens = job.prompt.tokens.count
        var run = GenerationRun(model, job, limit: min(job.options.maximumNewTokens, context - tokens), cache)
        defer { cache.settle(run.timeline, at: tokens) }
        try run.read(waited: start - job.accepted)
        let reading = run.reading
        measured.withLock { $0.add(reading) }
        defer {
            let written = run.written
            measured.withLock { $0.add(written: written.tokens, in: written.time) }
        }
        try run.write()
    }

    private func prepare(_ job: PreparationJob) {
        let result = Result { try compute(job) }
        publish()
        let isPaused = (try? result.get()) == false
        scheduler.finish(job, isPaused: isPaused)
        if isPaused { job.tell(.paused) } else { job.finish(throwing: result.failure) }
    }

    /// Whether all of it is done.
    private func compute(_ job: PreparationJob) throws -> Bool {
        guard !job.isStopped else { throw CancellationError() }
        try model.checkUnchanged()
        let preparation = job.preparation
        var reader = PromptReader(model, preparation.beginning, cache) {
            job.isStopped
        } progress: { stage, done, total in
            job.tell(.progress(stage, done: done, total: total))
        }
        let beginning = preparation.beginning
        defer { cache.settle(reader.timeline, at: beginning.tokens.count) }
        let others = preparation.pictures.dropFirst(beginning.pictures.count)
        let isPaused = { [scheduler] in scheduler.hasQuestions }
        let isDone = try reader.look(also: Array(others), isPaused: isPaused) && reader.read(isPaused: isPaused)
        let reading = reader.reading
        measured.withLock { $0.add(reading) }
        if isDone { job.tell(.finished(reading)) }
        return isDone
    }
}

extension Result {
    fileprivate var failure: Failure? { if case .failure(let error) = self { error } else { nil } }
}
