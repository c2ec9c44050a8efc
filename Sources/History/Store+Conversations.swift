import Foundation
import GRDB

extension Store {
    /// Adds a conversation about these media, which must be there.
    package func add(_ conversation: ConversationRecord, mediaIDs: [String]) async throws {
        try await pool.write { db in
            try conversation.insert(db)
            try Self.setMedia(mediaIDs, of: conversation.id, db)
        }
    }

    package func conversation(_ id: String) async throws -> ConversationSummary? {
        try await pool.read { db in
            try ConversationRecord.fetchOne(db, key: id).map { try Self.summary($0, db) }
        }
    }

    package func update(_ conversation: ConversationRecord, mediaIDs: [String]? = nil) async throws {
        try await pool.write { db in
            try conversation.update(db)
            if let mediaIDs { try Self.setMedia(mediaIDs, of: conversation.id, db) }
        }
    }

    /// Deletes the conversation, its messages, and the media that no other uses: → those, whose files are to go, too.
    package func deleteConversation(_ id: String) async throws -> [MediaRecord] {
        let orphans = try await pool.write { db in
            let media = try Self.media(of: id, db)
            _ = try ConversationRecord.deleteOne(db, key: id)
            return try Set(media.map(\.id)).flatMap { mediaID in
                try MediaRecord.fetchAll(
                    db,
                    sql: """
                        DELETE FROM media WHERE id = ? AND id NOT IN (SELECT mediaID FROM conversationMedia) RETURNING *
                        """,
                    arguments: [mediaID]
                )
            }
        }
        await forget()
        return orphans
    }

    /// The media that no other conversation uses.
    package func mediaOnly(of id: String) async throws -> [MediaRecord] {
        try await pool.read { db in
            try Self.media(of: id, db).filter { medium in
                try Int.fetchOne(
                    db,
                    sql: "SELECT COUNT(DISTINCT conversationID) FROM conversationMedia WHERE mediaID = ?",
                    arguments: [medium.id]
                ) == 1
            }
        }
    }

    /// The conversations, the newest first, after the one that `cursor` names. `words` must all occur in the title, in
    /// what was said, or in the name of a file.
    package func conversations(
        matching words: [String] = [],
        limit: Int,
        after cursor: Cursor? = nil
    ) async throws -> [ConversationSummary] {
        try await pool.read { db in
            var sql = "SELECT * FROM conversation c WHERE 1"
            var arguments: StatementArguments = []
            for word in words {
                sql += """
                     AND (contains(c.title, ?)
                    OR EXISTS (SELECT 1 FROM message m WHERE m.conversationID = c.id AND contains(said(m.text), ?))
                    OR EXISTS (SELECT 1 FROM conversationMedia l JOIN media f ON f.id = l.mediaID
                               WHERE l.conversationID = c.id AND contains(f.name, ?)))
                    """
                arguments += [word, word, word]
            }
            if let cursor {
                sql += " AND (c.updatedAt, c.id) < (?, ?)"
                arguments += [cursor.updatedAt, cursor.id]
            }
            sql += " ORDER BY c.updatedAt DESC, c.id DESC LIMIT ?"
            arguments += [limit]
            return try ConversationRecord.fetchAll(db, sql: sql, arguments: arguments).map { try Self.summary($0, db) }
        }
    }

    /// The place in the list after a conversation.
    package struct Cursor: Sendable, Equatable {
        package let updatedAt: Date
        package let id: String

        package init(updatedAt: Date, id: String) {
            self.updatedAt = updatedAt
            self.id = id
        }
    }

    private static func summary(_ conversation: ConversationRecord, _ db: Database) throws -> ConversationSummary {
        let count = try Int.fetchOne(
            db,
            sql: "SELECT COUNT(*) FROM message WHERE conversationID = ?",
            arguments: [conversation.id]
        )
        let media = try media(of: conversation.id, db)
        return ConversationSummary(conversation: conversation, messageCount: count ?? 0, media: media)
    }

    private static func media(of conversation: String, _ db: Database) throws -> [MediaRecord] {
        try MediaRecord.fetchAll(
            db,
            sql: """
                SELECT media.* FROM media JOIN conversationMedia l ON l.mediaID = media.id
                WHERE l.conversationID = ? ORDER BY l.place
                """,
            arguments: [conversation]
        )
    }

    private static func setMedia(_ ids: [String], of conversation: String, _ db: Database) throws {
        try db.execute(sql: "DELETE FROM conversationMedia WHERE conversationID = ?", arguments: [conversation])
        for (place, id) in ids.enumerated() {
            try db.execute(
                sql: "INSERT INTO conversationMedia (conversationID, place, mediaID) VALUES (?, ?, ?)",
                arguments: [conversation, place, id]
            )
        }
    }
}
