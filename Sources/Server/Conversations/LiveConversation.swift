import Foundation
import GLM
import Generation
import History
import Logging

/// A conversation that somebody reads, or that a reply is being made in.
///
/// It holds the state, and readers are told what has changed since they last looked: nothing piles up for a slow one, and one
/// that comes late misses nothing. What readers are shown of a reply has been committed to the history before.
actor LiveConversation {
    let id: String
    let services: Services
    var record: ConversationRecord
    var media: [MediaRecord]
    var settings: Settings
    var messages: [MessageState]
    var preparation = PreparationView()

    /// Risen when the head, the frames, or only the progress of the preparation has changed.
    var headRevision = 0, framesRevision = 0, preparationRevision = 0
    var isOver = false, isStopping = false

    var replyTask: Task<Void, Never>?
    var preparationTask: Task<Void, Never>?
    var sampling: Task<[Clip], any Error>?
    /// Keeps a preparation that was replaced from speaking.
    var preparationNumber = 0

    private var readers: [Int: AsyncStream<Void>.Continuation] = [:]
    private var nextReader = 0
    private var lastRead = ContinuousClock.now
    private var graceTask: Task<Void, Never>?

    init(_ summary: ConversationSummary, _ messages: [MessageRecord], _ services: Services) {
        id = summary.conversation.id
        record = summary.conversation
        media = summary.media
        settings = (try? JSON.decode(Settings.self, from: record.settings.utf8)) ?? Settings()
        self.messages = messages.map(MessageState.init)
        self.services = services
    }

    var isRunning: Bool { messages.last?.isOpen ?? false }

    /// The longest of the videos in seconds; nil where there is none.
    var duration: Double? { media.map(\.duration).filter { $0 > 0 }.max() }

    var head: ConversationHeadView {
        ConversationHeadView(
            id: id,
            title: record.title,
            createdAt: record.createdAt,
            updatedAt: record.updatedAt,
            messageCount: messages.count,
            media: media.map(services.library.view),
            isRunning: isRunning,
            settings: settings
        )
    }

    var view: ConversationView {
        ConversationView(head, messages.indices.map { messages[$0].view(duration: duration) }, preparation)
    }

    // MARK: - Readers

    /// Somebody looks, without staying.
    func touch() {
        lastRead = .now
        if readers.isEmpty { waitForReaders() }
    }

    /// A reader who stays: each element says that something may have changed.
    func join() -> (reader: Int, changes: AsyncStream<Void>) {
        let (changes, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let reader = nextReader
        nextReader += 1
        readers[reader] = continuation
        graceTask?.cancel()
        continuation.yield()
        return (reader, changes)
    }

    func leave(_ reader: Int) {
        readers.removeValue(forKey: reader)?.finish()
        lastRead = .now
        if readers.isEmpty { waitForReaders() }
    }

    /// Has one reader look, if only to see whether it is still there.
    func wake(_ reader: Int) { readers[reader]?.yield() }

    func wakeReaders() { for reader in readers.values { reader.yield() } }

    private func waitForReaders() {
        graceTask?.cancel()
        graceTask = Task {
            try? await Task.sleep(for: services.grace)
            if !Task.isCancelled { await nobodyReads() }
        }
    }

    /// The last reader left a while ago: the machine is for others.
    private func nobodyReads() async {
        guard readers.isEmpty, ContinuousClock.now - lastRead >= services.grace else { return }
        await interrupt()
        await services.evict(id)
    }

    /// Ends what is being made, and says that it was not finished.
    func interrupt() async {
        stopPreparing()
        sampling?.cancel()
        sampling = nil
        if let reply = messages.last, reply.isOpen { await end(reply.record.id, .interrupted) }
    }

    /// The server shuts down: nothing new is begun, and readers leave when the running reply is done.
    func stop() {
        isStopping = true
        stopPreparing()
        wakeReaders()
    }

    // MARK: - Changes

    /// Changes the title, the media or the settings; what is `nil` stays.
    func change(title: String?, media newMedia: [MediaRecord]?, settings newSettings: Settings?) async throws {
        let showsOthers = newMedia.map { $0 != media } ?? false
        let showsOtherwise = newSettings.map { !$0.showsTheSame(as: settings) } ?? false
        if showsOthers || showsOtherwise { try checkNotRunning() }
        var changed = record
        if let title {
            changed.title = title
            changed.isTitled = !title.isEmpty
        }
        if let newSettings { changed.settings = try JSON.string(newSettings) }
        changed.updatedAt = Date()
        try await services.store.update(changed, mediaIDs: newMedia?.map(\.id))
        record = changed
        media = newMedia ?? media
        settings = newSettings ?? settings
        headRevision += 1
        wakeReaders()
        if showsOthers || showsOtherwise { prepareAnew() }
    }

    /// The conversation is deleted: ends everything, for its readers, too.
    func delete() async {
        isOver = true
        replyTask?.cancel()
        stopPreparing()
        sampling?.cancel()
        if let last = messages.indices.last, messages[last].isOpen { close(last, .stopped) }
        wakeReaders()
    }

    func checkNotRunning() throws {
        guard isRunning else { return }
        throw Refusal(.replyRunning, "A reply is being made: wait for it, or stop it.")
    }
}
