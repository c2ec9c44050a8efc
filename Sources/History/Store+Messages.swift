import Foundation
import GRDB

extension Store {
    /// The messages of a conversation in the order in which they were said.
    package func messages(of conversation: String) async throws -> [MessageRecord] {
        try await pool.read { db in
            try MessageRecord.filter(Column("conversationID") == conversation).order(Column("place")).fetchAll(db)
        }
    }

    /// Puts new messages at the end, after deleting those that they replace, and keeps the conversation's new title,
    /// settings and time: all or nothing.
    package func say(
        _ messages: [MessageRecord],
        replacing replaced: [String] = [],
        in conversation: ConversationRecord
    ) async throws {
        try await pool.write { db in
            _ = try MessageRecord.filter(replaced.contains(Column("id"))).deleteAll(db)
            for message in messages { try message.insert(db) }
            try conversation.update(db)
        }
    }

    /// Keeps what a reply has come to. It says nothing where the conversation was deleted meanwhile.
    package func update(_ message: MessageRecord) async throws {
        try await pool.write { db in
            try db.execute(
                sql: """
                    UPDATE message SET text = ?, status = ?, finish = ?, errorCode = ?, errorMessage = ?, details = ?
                    WHERE id = ?
                    """,
                arguments: [
                    message.text, message.status, message.finish, message.errorCode, message.errorMessage,
                    message.details, message.id,
                ]
            )
        }
    }
}
