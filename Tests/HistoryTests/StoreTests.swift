import Foundation
import GRDB
import TestSupport
import Testing

@testable import History

/// What was said is kept, found, and gone when it is deleted.
struct StoreTests {
    private let folder = try? TemporaryFolder()
    private let store: Store
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    init() throws { store = try Store(path: (folder?.path ?? "") + "/history.sqlite") }

    private func media(_ id: String, name: String = "clip.mp4", age: TimeInterval = 0) -> MediaRecord {
        MediaRecord(
            id: id,
            name: name,
            kind: "video",
            mimeType: "video/mp4",
            bytes: 10,
            duration: 2,
            fps: 25,
            width: 64,
            height: 48,
            frameCount: 50,
            createdAt: now.addingTimeInterval(-age)
        )
    }

    private func conversation(_ id: String, title: String = "", at offset: TimeInterval = 0) -> ConversationRecord {
        ConversationRecord(id: id, title: title, settings: "{}", createdAt: now.addingTimeInterval(offset))
    }

    private func say(_ text: String, _ id: String, _ role: MessageRecord.Role, in conversation: ConversationRecord)
        async throws
    {
        let message = MessageRecord(id: id, conversationID: conversation.id, role: role, text: text, createdAt: now)
        try await store.say([message], in: conversation)
    }

    @Test func `a conversation comes back as it was said`() async throws {
        try await store.add(media("m"))
        let talk = conversation("c", title: "Title")
        try await store.add(talk, mediaIDs: ["m"])
        try await say("What is it?", "q", .user, in: talk)
        try await say("A cat.", "r", .assistant, in: talk)

        let found = try #require(try await store.conversation("c"))
        #expect(found.conversation == talk && found.media == [media("m")] && found.messageCount == 2)
        let messages = try await store.messages(of: "c")
        #expect(messages.map(\.text) == ["What is it?", "A cat."])
        #expect(messages.map(\.status) == [.done, .queued])
    }

    @Test func `messages are replaced all at once`() async throws {
        let talk = conversation("c")
        try await store.add(talk, mediaIDs: [])
        try await say("a", "1", .user, in: talk)
        try await say("b", "2", .assistant, in: talk)
        let better = MessageRecord(id: "3", conversationID: "c", role: .user, text: "c", createdAt: now)
        try await store.say([better], replacing: ["1", "2"], in: talk)
        #expect(try await store.messages(of: "c").map(\.id) == ["3"])

        await #expect(throws: DatabaseError.self) {
            try await store.say([better], replacing: ["3"], in: talk); try await store.say([better, better], in: talk)
        }
        #expect(try await store.messages(of: "c").map(\.id) == ["3"])
    }

    @Test func `what was being said when the process ended is interrupted, with its text`() async throws {
        let path = (folder?.path ?? "") + "/history.sqlite"
        let talk = conversation("c")
        try await store.add(talk, mediaIDs: [])
        var reply = MessageRecord(id: "r", conversationID: "c", role: .assistant, text: "", createdAt: now)
        try await store.say([reply], in: talk)
        (reply.text, reply.status) = ("<think>half", .running)
        try await store.update(reply)
        try store.close()

        let again = try Store(path: path)
        let found = try await again.messages(of: "c")
        #expect(found.map(\.text) == ["<think>half"] && found.map(\.status) == [.interrupted])
    }

    @Test func `the list is newest first, in pages`() async throws {
        for i in 0..<5 { try await store.add(conversation("c\(i)", at: Double(i)), mediaIDs: []) }
        let first = try await store.conversations(limit: 2)
        #expect(first.map(\.conversation.id) == ["c4", "c3"])
        let last = first[1].conversation
        let next = try await store.conversations(limit: 9, after: .init(updatedAt: last.updatedAt, id: last.id))
        #expect(next.map(\.conversation.id) == ["c2", "c1", "c0"])
    }

    @Test(arguments: [
        (["cat"], ["a"]), (["ÉCOLE"], ["a"]), (["holiday.mp4"], ["b"]), (["title", "dog"], ["b"]),
        (["title"], ["b", "a"]),
        (["nothing"], []), (["secret"], []), (["think"], []), (["%"], []), (["_"], []),
    ])
    func `search looks at titles, words and names of files, in any case`(words: [String], expected: [String])
        async throws
    {
        try await store.add(media("m", name: "Holiday.MP4"))
        let (a, b) = (conversation("a", title: "Title one"), conversation("b", title: "Title two", at: 1))
        try await store.add(a, mediaIDs: [])
        try await store.add(b, mediaIDs: ["m"])
        try await say("A cat at the école", "1", .user, in: a)
        try await say("<think>a secret</think><answer>A dog</answer>", "2", .assistant, in: b)
        let found = try await store.conversations(matching: words, limit: 9)
        #expect(found.map(\.conversation.id) == expected)
    }

    @Test func `deleting takes messages and media along, but not media that others use`() async throws {
        for id in ["m", "n"] { try await store.add(media(id)) }
        try await store.add(conversation("a"), mediaIDs: ["m", "n"])
        try await store.add(conversation("b"), mediaIDs: ["n"])
        try await say("text", "1", .user, in: conversation("a"))
        #expect(try await store.deleteConversation("a").map(\.id) == ["m"])
        #expect(try await store.messages(of: "a").isEmpty)
        #expect(try await store.allMedia().ids == ["n"])
        #expect(try await store.deleteConversation("nobody").isEmpty)
    }

    @Test(.timeLimit(.minutes(5)))
    func `deleting works while others read`() async throws {
        let readers = (0..<2).map { _ in
            Task { [store] in
                while !Task.isCancelled { _ = try await store.conversations(matching: ["x"], limit: 9) }
            }
        }
        for i in 0..<5 {
            try await store.add(media("m\(i)"))
            try await store.add(conversation("c\(i)"), mediaIDs: ["m\(i)"])
            #expect(try await store.deleteConversation("c\(i)").map(\.id) == ["m\(i)"])
        }
        for reader in readers { reader.cancel() }
    }

    @Test func `media that nobody uses go after their time`() async throws {
        try await store.add(media("old", age: 100))
        try await store.add(media("new", age: 1))
        try await store.add(media("used", age: 100))
        try await store.add(conversation("c"), mediaIDs: ["used"])
        #expect(try await store.deleteOrphans(before: now.addingTimeInterval(-10)).map(\.id) == ["old"])
    }

    @Test func `what was deleted is nowhere in the files`() async throws {
        let marker = "marker-\(UUID())"
        let talk = conversation("c", title: marker)
        try await store.add(media("m", name: marker))
        try await store.add(talk, mediaIDs: ["m"])
        for i in 0..<50 { try await say("\(marker) \(i)", "\(i)", .user, in: talk) }
        func isThere() throws -> Bool {
            try (folder?.names ?? []).contains { name in
                try Data(contentsOf: URL(fileURLWithPath: (folder?.path ?? "") + "/" + name)).range(
                    of: Data(marker.utf8)
                ) != nil
            }
        }
        #expect(try isThere())
        _ = try await store.deleteConversation("c")
        #expect(try !isThere())
    }
}
