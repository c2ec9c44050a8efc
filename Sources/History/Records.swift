import Foundation
import GRDB

/// A video or picture that was handed over. Its file is named by its id.
package struct MediaRecord: Codable, Sendable, Equatable, FetchableRecord, PersistableRecord {
    package static let databaseTableName = "media"

    package let id: String
    /// What its owner calls it: only ever shown.
    package let name: String
    package let kind: String
    package let mimeType: String
    package let bytes: Int
    /// Seconds, and frames a second; 0 for a picture.
    package let duration, fps: Double
    package let width, height, frameCount: Int
    package let createdAt: Date

    package init(
        id: String,
        name: String,
        kind: String,
        mimeType: String,
        bytes: Int,
        duration: Double,
        fps: Double,
        width: Int,
        height: Int,
        frameCount: Int,
        createdAt: Date
    ) {
        self.id = id
        self.name = name
        self.kind = kind
        self.mimeType = mimeType
        self.bytes = bytes
        self.duration = duration
        self.fps = fps
        self.width = width
        self.height = height
        self.frameCount = frameCount
        self.createdAt = createdAt
    }
}

/// A conversation without its messages.
package struct ConversationRecord: Codable, Sendable, Equatable, FetchableRecord, PersistableRecord {
    package static let databaseTableName = "conversation"

    package let id: String
    package var title: String
    /// Whether somebody chose the title; else it is the first question.
    package var isTitled: Bool
    /// JSON of the server's making.
    package var settings: String
    package let createdAt: Date
    package var updatedAt: Date

    package init(id: String, title: String = "", isTitled: Bool = false, settings: String, createdAt: Date) {
        self.id = id
        self.title = title
        self.isTitled = isTitled
        self.settings = settings
        self.createdAt = createdAt
        updatedAt = createdAt
    }
}

/// Where a reply stands. A question is always done.
package enum MessageStatus: String, Codable, Sendable, DatabaseValueConvertible {
    case queued, running, done, stopped, interrupted, failed

    /// Whether it may still grow.
    package var isOpen: Bool { self == .queued || self == .running }
}

/// A question, or a reply as the model wrote it: what it thought and answered is read off the text.
package struct MessageRecord: Codable, Sendable, Equatable, FetchableRecord, PersistableRecord {
    package static let databaseTableName = "message"

    package enum Role: String, Codable, Sendable { case user, assistant }

    package let id: String
    package let conversationID: String
    package let role: Role
    package var text: String
    package let createdAt: Date
    package var status: MessageStatus
    package var finish, errorCode, errorMessage: String?
    /// JSON of the server's making; a question has `{}`.
    package var details, settings: String

    package init(id: String, conversationID: String, role: Role, text: String, createdAt: Date, settings: String = "{}")
    {
        self.id = id
        self.conversationID = conversationID
        self.role = role
        self.text = text
        self.createdAt = createdAt
        self.settings = settings
        status = role == .user ? .done : .queued
        details = "{}"
    }
}

/// A line of the list of conversations.
package struct ConversationSummary: Sendable, Equatable {
    package let conversation: ConversationRecord
    package let messageCount: Int
    package let media: [MediaRecord]
}
