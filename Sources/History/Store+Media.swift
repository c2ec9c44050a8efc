import Foundation
import GRDB

extension Store {
    package func add(_ media: MediaRecord) async throws {
        try await pool.write { db in try media.insert(db) }
    }

    package func media(_ id: String) async throws -> MediaRecord? {
        try await pool.read { db in try MediaRecord.fetchOne(db, key: id) }
    }

    /// Every id, and the bytes of all files.
    package func allMedia() async throws -> (ids: Set<String>, bytes: Int) {
        try await pool.read { db in
            let rows = try MediaRecord.fetchAll(db)
            return (Set(rows.map(\.id)), rows.reduce(0) { $0 + $1.bytes })
        }
    }

    /// Deletes the media that no conversation uses and that are older than `date`: → what they were.
    package func deleteOrphans(before date: Date) async throws -> [MediaRecord] {
        let orphans = try await pool.write { db in
            try MediaRecord.fetchAll(
                db,
                sql: """
                    DELETE FROM media WHERE createdAt < ? AND id NOT IN (SELECT mediaID FROM conversationMedia)
                    RETURNING *
                    """,
                arguments: [date]
            )
        }
        if !orphans.isEmpty { await forget() }
        return orphans
    }
}
