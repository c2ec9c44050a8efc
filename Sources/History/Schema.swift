import GRDB

/// The tables, step by step as they came to be. A step that has been released is never changed.
enum Schema {
    /// `GLMP`: says that a database is ours.
    static let applicationID = 0x474C_4D50

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 conversations") { db in
            try db.create(table: "media") { table in
                table.primaryKey("id", .text)
                table.column("name", .text).notNull()
                table.column("kind", .text).notNull()
                table.column("mimeType", .text).notNull()
                table.column("bytes", .integer).notNull()
                table.column("duration", .double).notNull()
                table.column("fps", .double).notNull()
                table.column("width", .integer).notNull()
                table.column("height", .integer).notNull()
                table.column("frameCount", .integer).notNull()
                table.column("createdAt", .datetime).notNull()
            }
            try db.create(table: "conversation") { table in
                table.primaryKey("id", .text)
                table.column("title", .text).notNull()
                table.column("isTitled", .boolean).notNull()
                table.column("settings", .text).notNull()
                table.column("createdAt", .datetime).notNull()
                table.column("updatedAt", .datetime).notNull().indexed()
            }
            try db.create(table: "conversationMedia") { table in
                table.column("conversationID", .text).notNull().references("conversation", onDelete: .cascade)
                table.column("place", .integer).notNull()
                table.column("mediaID", .text).notNull().indexed().references("media", onDelete: .restrict)
                table.primaryKey(["conversationID", "place"])
            }
            try db.create(table: "message") { table in
                table.autoIncrementedPrimaryKey("place")
                table.column("id", .text).notNull().unique()
                table.column("conversationID", .text).notNull().indexed()
                    .references("conversation", onDelete: .cascade)
                table.column("role", .text).notNull()
                table.column("text", .text).notNull()
                table.column("createdAt", .datetime).notNull()
                table.column("status", .text).notNull()
                table.column("finish", .text)
                table.column("errorCode", .text)
                table.column("errorMessage", .text)
                table.column("details", .text).notNull()
                table.column("settings", .text).notNull()
            }
        }
        return migrator
    }
}
