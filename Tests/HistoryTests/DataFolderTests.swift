import Foundation
import GRDB
import TestSupport
import Testing

@testable import History

/// Files that are not as they should be are never made worse, and one process at a time writes.
struct DataFolderTests {
    private let folder: TemporaryFolder
    private var file: String { folder.path + "/history.sqlite" }

    init() throws { folder = try TemporaryFolder() }

    private func makeHistory() async throws {
        let store = try Store(path: file)
        for i in 0..<200 {
            let record = ConversationRecord(id: "\(i)", title: "t\(i)", settings: "{}", createdAt: Date())
            try await store.add(record, mediaIDs: [])
        }
        await store.forget()
        try store.close()
    }

    @Test(arguments: ["text", "cut", "holes"])
    func `a damaged history is moved aside, and a new one begun`(kind: String) async throws {
        try await makeHistory()
        var data = try Data(contentsOf: URL(fileURLWithPath: file))
        switch kind {
        case "text": data = Data(String(repeating: "this is no database ", count: 500).utf8)
        case "cut": data = data.prefix(data.count / 2)
        default: for i in stride(from: 4096, to: data.count, by: 50) { data[i] ^= 0xFF }
        }
        try data.write(to: URL(fileURLWithPath: file))
        try FileManager.default.createDirectory(atPath: folder.path + "/media", withIntermediateDirectories: true)
        try folder.write(Data("film".utf8), to: "media/film")

        let (store, notice) = try DataFolder(path: folder.path).openStore()
        #expect(try await store.conversations(limit: 9).isEmpty)
        #expect(notice?.hasPrefix("The history was damaged (") ?? false)
        let aside = folder.path + "/" + (try #require(folder.names.first { $0.hasPrefix("damaged-") }))
        #expect(FileManager.default.fileExists(atPath: aside + "/history.sqlite"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: aside + "/media/film")) == Data("film".utf8))
        #expect(folder.names.contains("media") && folder.names.contains("frames"))
    }

    @Test func `an empty file is a new history`() throws {
        try folder.write(Data(), to: "history.sqlite")
        let (_, notice) = try DataFolder(path: folder.path).openStore()
        #expect(notice == nil)
    }

    @Test func `a newer history is refused and not touched`() async throws {
        try await makeHistory()
        let queue = try DatabaseQueue(path: file)
        try await queue.write { db in try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('2 of tomorrow')") }
        try queue.close()
        #expect(throws: StoreError.newer(path: file)) { try DataFolder(path: folder.path).openStore() }
    }

    @Test func `another program's database is refused and not touched`() async throws {
        let queue = try DatabaseQueue(path: file)
        try await queue.write { db in try db.execute(sql: "CREATE TABLE bookmarks (url TEXT)") }
        try queue.close()
        #expect(throws: StoreError.foreign(path: file)) { try DataFolder(path: folder.path).openStore() }
        let again = try DatabaseQueue(path: file)
        #expect(try await again.read { db in try db.tableExists("bookmarks") && !db.tableExists("message") })
    }

    @Test func `a second process is refused`() throws {
        let first = try DataFolder(path: folder.path)
        #expect(throws: DataFolderError.inUse(path: folder.path)) { try DataFolder(path: folder.path) }
        #expect(first.path == folder.path)
    }

    @Test func `the lock goes with its owner`() throws {
        _ = try DataFolder(path: folder.path)
        _ = try DataFolder(path: folder.path)
    }

    @Test func `a folder that cannot be made is refused`() throws {
        let path = try folder.write(Data(), to: "file") + "/below"
        #expect(throws: DataFolderError.unwritable(path: path)) { try DataFolder(path: path) }
    }

    @Test func `the folder is for its owner alone`() throws {
        let data = try DataFolder(path: folder.path + "/data")
        let mode = try FileManager.default.attributesOfItem(atPath: data.path)[.posixPermissions] as? Int
        #expect(mode == 0o700)
    }

    @Test func `each error says what to do`() {
        #expect(
            "\(StoreError.newer(path: "/d/h"))"
                == "/d/h was made by a newer Glimpse: start that one, or name another folder with --data-dir"
        )
        #expect(
            "\(StoreError.foreign(path: "/d/h"))"
                == "/d/h is a database of another program: name another folder with --data-dir"
        )
        #expect(
            "\(DataFolderError.inUse(path: "/d"))"
                == "another glimpse uses /d: stop it, or name another folder with --data-dir"
        )
        #expect(
            "\(DataFolderError.unwritable(path: "/d"))"
                == "cannot write in /d: name a folder that may be made or written with --data-dir"
        )
    }
}
