import Foundation
import GRDB
import History
import Logging

/// All conversations: those in the history, and those that are live.
actor Conversations {
    private let store: Store
    private let library: MediaLibrary
    private let clips: ClipStore
    private let makeServices: @Sendable (_ evict: @escaping @Sendable (String) async -> Void) -> Services
    private var live: [String: Live] = [:]
    private(set) var isStopping = false

    private struct Live {
        let conversation: Task<LiveConversation, any Error>
        var lastUsed = ContinuousClock.now
    }

    /// How long nobody must have asked for a conversation before it is dropped from memory.
    private static let idle = Duration.seconds(5)

    init(
        _ store: Store,
        _ library: MediaLibrary,
        _ clips: ClipStore,
        services: @escaping @Sendable (_ evict: @escaping @Sendable (String) async -> Void) -> Services
    ) {
        self.store = store
        self.library = library
        self.clips = clips
        makeServices = services
    }

    /// The conversation of this id, in memory from now on while it is used.
    func conversation(_ id: String) async throws -> LiveConversation {
        guard Identifier.isValid(id) else { throw Refusal.notFound }
        if live[id] == nil {
            let services = makeServices { [weak self] id in await self?.evict(id) }
            let store = store
            live[id] = Live(
                conversation: Task {
                    guard let summary = try await store.conversation(id) else { throw Refusal.notFound }
                    return LiveConversation(summary, try await store.messages(of: id), services)
                }
            )
        }
        live[id]?.lastUsed = .now
        do {
            guard let task = live[id]?.conversation else { throw Refusal.notFound }
            let conversation = try await task.value
            await conversation.touch()
            if isStopping { await conversation.stop() }
            return conversation
        } catch {
            live[id] = nil
            throw error
        }
    }

    func create(title: String?, mediaIDs: [String], settings: Settings) async throws -> LiveConversation {
        guard !isStopping else { throw Refusal.stopping }
        var record = ConversationRecord(
            id: Identifier.random(),
            settings: try JSON.string(settings),
            createdAt: Date()
        )
        record.title = title ?? ""
        record.isTitled = !record.title.isEmpty
        try await store.add(record, mediaIDs: mediaIDs)
        let conversation = try await conversation(record.id)
        await conversation.prepare()
        return conversation
    }

    func delete(_ id: String) async throws {
        let conversation = try await conversation(id)
        await conversation.interrupt()
        let orphans = try await deleteRows(id)
        await conversation.delete()
        live[id] = nil
        await clips.forget(orphans)
        await library.deleteFiles(of: orphans)
    }

    /// On a full disk there may be no room even to forget: then the frames and videos go first.
    private func deleteRows(_ id: String) async throws -> [MediaRecord] {
        do {
            return try await store.deleteConversation(id)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
            library.removeFiles(of: try await store.mediaOnly(of: id))
            return try await store.deleteConversation(id)
        }
    }

    /// Which conversations have a reply in the making.
    func running() async -> Set<String> {
        var ids: Set<String> = []
        for (id, live) in live {
            if let conversation = try? await live.conversation.value, await conversation.isRunning { ids.insert(id) }
        }
        return ids
    }

    private func evict(_ id: String) {
        guard let entry = live[id], ContinuousClock.now - entry.lastUsed >= Self.idle else { return }
        live[id] = nil
    }

    // MARK: - Shutting down

    /// Begins nothing more, and waits for running replies up to a limit; what still runs then is ended and marked so.
    func drain(limit: Duration) async {
        isStopping = true
        let deadline = ContinuousClock.now + limit
        for conversation in await all() { await conversation.stop() }
        while !(await running().isEmpty), ContinuousClock.now < deadline, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(50))
        }
        for conversation in await all() { await conversation.interrupt() }
    }

    private func all() async -> [LiveConversation] {
        var conversations: [LiveConversation] = []
        for entry in live.values {
            if let conversation = try? await entry.conversation.value { conversations.append(conversation) }
        }
        return conversations
    }
}
