import Foundation
import GRDB

/// Conversations, their messages and their media, in one SQLite file.
///
/// Write-ahead logging: what was committed outlives `kill -9`. `secure_delete` and a truncated log: what was deleted is not
/// in the file any more. One process at a time: see ``DataFolder``.
package struct Store: Sendable {
    let pool: DatabasePool

    /// Opens the file, or makes it, and brings it up to date. Replies that were being made when the last process ended are
    /// marked interrupted.
    package init(path: String) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA secure_delete = ON")
            db.add(function: .contains)
            db.add(function: .said)
        }
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
            try pool.read { db in
                try Self.checkOwner(db, path)
                try Self.checkIntegrity(db, path)
            }
            try Schema.migrator.migrate(pool)
            try pool.write { db in
                try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
                try db.execute(
                    sql: "UPDATE message SET status = ? WHERE status IN (?, ?)",
                    arguments: [MessageStatus.interrupted, MessageStatus.queued, MessageStatus.running]
                )
            }
        } catch let error as DatabaseError
            where error.resultCode == .SQLITE_NOTADB || error.resultCode == .SQLITE_CORRUPT
        {
            throw StoreError.damaged(path: path, reason: error.message ?? "not a database")
        }
    }

    package func close() throws { try pool.close() }

    /// Writes what the log holds into the file and empties it, so that nothing deleted stays there. While others read this
    /// may not be possible: then the next time will do.
    package func forget() async {
        try? await pool.writeWithoutTransaction { db in
            // The writer does not wait long for readers: running replies wait for the writer.
            try db.execute(sql: "PRAGMA busy_timeout = 200")
            defer { try? db.execute(sql: "PRAGMA busy_timeout = 5000") }
            _ = try db.checkpoint(.truncate)
        }
    }

    private static func checkOwner(_ db: Database, _ path: String) throws {
        if try Schema.migrator.hasBeenSuperseded(db) { throw StoreError.newer(path: path) }
        let owner = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let tables = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM sqlite_master") ?? 0
        guard tables == 0 || owner == Schema.applicationID else { throw StoreError.foreign(path: path) }
    }

    private static func checkIntegrity(_ db: Database, _ path: String) throws {
        let found = try String.fetchOne(db, sql: "PRAGMA integrity_check(1)") ?? "no answer"
        guard found == "ok" else { throw StoreError.damaged(path: path, reason: found) }
    }
}

/// Why a file cannot be used as our history.
package enum StoreError: Error, Equatable, CustomStringConvertible {
    case damaged(path: String, reason: String)
    case newer(path: String)
    case foreign(path: String)

    package var description: String {
        switch self {
        case .damaged(let path, let reason):
            "\(path) is damaged (\(reason))"
        case .newer(let path):
            "\(path) was made by a newer Glimpse: start that one, or name another folder with --data-dir"
        case .foreign(let path):
            "\(path) is a database of another program: name another folder with --data-dir"
        }
    }
}

extension DatabaseFunction {
    /// `contains(text, words)`: whether the text has them, in any case of any script; SQLite's LIKE knows that of ASCII alone.
    fileprivate static let contains = DatabaseFunction("contains", argumentCount: 2, pure: true) { values in
        guard let text = String.fromDatabaseValue(values[0]), let words = String.fromDatabaseValue(values[1]) else {
            return false
        }
        return text.lowercased().contains(words.lowercased())
    }

    /// `said(text)`: what a question or a reply says, without what a reply thought.
    fileprivate static let said = DatabaseFunction("said", argumentCount: 1, pure: true) { values in
        guard let text = String.fromDatabaseValue(values[0]), text.hasPrefix("<think>") else { return values[0] }
        guard let end = text.range(of: "</think>") else { return "" }
        return String(text[end.upperBound...].replacing("<answer>", with: "").replacing("</answer>", with: ""))
    }
}
