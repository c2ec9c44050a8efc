import Foundation
import HTTPTypes
import History
import Hummingbird
import NIOCore

/// Conversations: to make, list, change and delete them.
struct ConversationRoutes {
    let conversations: Conversations
    let store: Store
    let library: MediaLibrary

    static let maximumMedia = 8
    private static let maximumTitle = 200
    private static let maximumPage = 200

    var endpoints: Routes {
        Routes()
            .get("conversations") { request, _ in try await list(request) }
            .post("conversations") { request, _ in try await create(request) }
            .get("conversations/:id") { _, context in
                let conversation = try await find(context)
                return try Response(json: await conversation.view)
            }
            .patch("conversations/:id") { request, context in try await change(request, context) }
            .delete("conversations/:id") { _, context in
                try await conversations.delete(context.id(of: "id"))
                return Response(status: .noContent)
            }
            .post("conversations/:id/preparation") { _, context in
                let conversation = try await find(context)
                await conversation.prepare()
                return try Response(status: .accepted, json: await conversation.view)
            }
            .get("conversations/:id/export") { request, context in try await export(request, context) }
    }

    private func find(_ context: ServerContext) async throws -> LiveConversation {
        try await conversations.conversation(context.id(of: "id"))
    }

    // MARK: - The list

    private func list(_ request: Request) async throws -> Response {
        let query = request.uri.queryParameters
        let limit =
            try query.get("limit").map { text in
                guard let limit = Int(text), (1...Self.maximumPage).contains(limit) else {
                    throw Refusal(.outOfRange, "limit goes from 1 to \(Self.maximumPage).")
                }
                return limit
            } ?? 50
        let words = (query.get("q") ?? "").split(whereSeparator: \.isWhitespace).prefix(8).map(String.init)
        let found = try await store.conversations(
            matching: words,
            limit: limit + 1,
            after: try query.get("before").map(Store.Cursor.init(text:))
        )
        let running = await conversations.running()
        let page = found.prefix(limit)
        return try Response(
            json: ListView(
                conversations: page.map { SummaryView($0, library, isRunning: running.contains($0.conversation.id)) },
                next: found.count > limit ? page.last.map { Store.Cursor($0.conversation).text } : nil
            )
        )
    }

    private struct ListView: Encodable {
        let conversations: [SummaryView]
        @OrNull var next: String?
    }

    // MARK: - Changes

    private struct New: Decodable {
        let mediaIds: [String]?
        let settings: Settings?
        let title: String?
    }

    private func create(_ request: Request) async throws -> Response {
        let new = try await request.json(New.self)
        let settings = new.settings ?? Settings()
        try settings.validate()
        let media = try await media(new.mediaIds ?? [])
        let conversation = try await conversations.create(
            title: try Self.checked(title: new.title),
            mediaIDs: media.map(\.id),
            settings: settings
        )
        return try Response(status: .created, json: await conversation.view)
    }

    private func change(_ request: Request, _ context: ServerContext) async throws -> Response {
        let change = try await request.json(New.self)
        try change.settings?.validate()
        let conversation = try await find(context)
        let media: [MediaRecord]? = if let ids = change.mediaIds { try await media(ids) } else { nil }
        try await conversation.change(
            title: try Self.checked(title: change.title),
            media: media,
            settings: change.settings
        )
        return try Response(json: await conversation.view)
    }

    private func media(_ ids: [String]) async throws -> [MediaRecord] {
        guard ids.count <= Self.maximumMedia else {
            throw Refusal(.outOfRange, "A conversation has at most \(Self.maximumMedia) videos and pictures.")
        }
        var media: [MediaRecord] = []
        for id in ids { media.append(try await library.media(id)) }
        return media
    }

    private static func checked(title: String?) throws -> String? {
        guard let title else { return nil }
        let trimmed = title.withoutHiddenCharacters.trimmingCharacters(in: .whitespacesAndNewlines)
        guard trimmed.count <= maximumTitle else {
            throw Refusal(.outOfRange, "A title has at most \(maximumTitle) characters.")
        }
        return trimmed
    }

    // MARK: - Export

    private func export(_ request: Request, _ context: ServerContext) async throws -> Response {
        let name = request.uri.queryParameters.get("format") ?? "md"
        guard let format = Export.Format(rawValue: name) else {
            throw Refusal(.outOfRange, "format should be md, json, srt or vtt.")
        }
        let conversation = try await find(context)
        let export = Export(await conversation.view, duration: await conversation.duration)
        return Response(
            status: .ok,
            headers: [
                .contentType: format.mimeType,
                .contentDisposition: "attachment; filename=\"\(export.fileName).\(format.rawValue)\"",
                .cacheControl: "no-store",
            ],
            body: .init(byteBuffer: try export.content(format))
        )
    }
}

extension SummaryView {
    init(_ summary: ConversationSummary, _ library: MediaLibrary, isRunning: Bool) {
        self.init(
            id: summary.conversation.id,
            title: summary.conversation.title,
            createdAt: summary.conversation.createdAt,
            updatedAt: summary.conversation.updatedAt,
            messageCount: summary.messageCount,
            media: summary.media.map(library.view),
            isRunning: isRunning
        )
    }
}

extension Store.Cursor {
    init(_ conversation: ConversationRecord) {
        self.init(updatedAt: conversation.updatedAt, id: conversation.id)
    }

    /// Milliseconds since 1970, a hyphen, and the id.
    init(text: String) throws {
        let parts = text.split(separator: "-", maxSplits: 1).map(String.init)
        guard parts.count == 2, let time = Int(parts[0]), abs(time) < 1 << 50, Identifier.isValid(parts[1]) else {
            throw Refusal(.badRequest, "before should be what next said.")
        }
        self.init(updatedAt: Date(timeIntervalSince1970: Double(time) / 1000), id: parts[1])
    }

    var text: String { "\(Int((updatedAt.timeIntervalSince1970 * 1000).rounded()))-\(id)" }
}
