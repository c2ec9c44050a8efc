import GLM
import Media
import Synchronization
import Tokenization

/// A loaded model, answering some questions at once while others wait in line.
///
/// A forward pass is seconds of arithmetic with nowhere to suspend, so the engine runs on a thread of its own: on the
/// cooperative pool it would hold up everything else. And since `work` never awaits, nothing happens to a cache but what
/// it does itself, a round at a time.
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
    /// memory in which what was computed is kept for later questions; `places` how many questions may wait. Up to `together`
    /// replies are made at once, as far as all they may come to need fits into that memory.
    package init(_ model: GLM4V, context: Int = .max, cacheBytes: Int = 0, places: Int = 30, together: Int = 4) {
        self.model = model
        self.context = min(context, model.config.text.contextLength)
        cache = PrefixCache(model, budget: cacheBytes)
        let room = Room(replies: together, tokens: cacheBytes / Session.bytesPerToken(model))
        scheduler = Scheduler(places: places, room: room)
    }

    /// Streams the reply. To stop it, stop iterating: the model halts before its next layer (or goes on with the replies of
    /// others), or the place in the line is free at once.
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
        let job = QuestionJob(prompt, options, context: context, owner: owner, continuation)
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
            answering: now.answering,
            waiting: now.waiting,
            preparing: now.preparing,
            cachedBytes: kept.bytes,
            timelines: kept.timelines
        )
    }

    /// Does what there is to do. Whoever comes meanwhile calls this again, but most often finds it done.
    private func work() {
        var batch = Batch(cache)
        while true {
            if !batch.isReading, let job = scheduler.next() {
                switch job {
                case .question(let job): begin(job, in: &batch)
                case .preparation(let job): prepare(job)
                }
            } else if batch.isEmpty {
                return
            }
            batch.round { run, milestone in
                switch milestone {
                case .read: measured.withLock { $0.add(run.reading) }
                case .ended(let failure): end(run, failure)
                }
            }
        }
    }

    private func begin(_ job: QuestionJob, in batch: inout Batch) {
        do {
            guard !job.isStopped else { throw CancellationError() }
            try model.checkUnchanged()
            batch.begin(GenerationRun(model, job, cache))
        } catch {
            finish(job, after: .zero, throwing: error)
        }
    }

    private func end(_ run: GenerationRun, _ failure: (any Error)?) {
        let written = run.written
        measured.withLock { $0.add(written: written.tokens, in: written.time) }
        finish(run.job, after: ContinuousClock.now - run.begun, throwing: failure)
    }

    private func finish(_ job: QuestionJob, after time: Duration, throwing failure: (any Error)?) {
        publish()
        scheduler.finish(job, after: time)
        job.finish(throwing: failure)
    }

    /// Says what is kept, before a stream says that it ends.
    private func publish() {
        let (bytes, count) = (cache.bytes, cache.count)
        kept.withLock { $0 = (bytes, count) }
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
        let (beginning, pictures) = (job.preparation.beginning, job.preparation.pictures)
        let others = Array(pictures.dropFirst(beginning.pictures.count))
        var reader = PromptReader(model, beginning, also: others, cache, isScored: false) {
            job.isStopped
        } progress: { stage, done, total in
            job.tell(.progress(stage, done: done, total: total))
        }
        defer { cache.settle(reader.timeline, of: beginning) }
        while !reader.isDone, !scheduler.hasQuestions { try reader.advance() }
        let reading = reader.reading
        measured.withLock { $0.add(reading) }
        if reader.isDone { job.tell(.finished(reading)) }
        return reader.isDone
    }
}

extension Result {
    fileprivate var failure: Failure? { if case .failure(let error) = self { error } else { nil } }
}
