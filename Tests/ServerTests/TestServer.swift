import Foundation
import GLM
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import TestSupport
import Testing

@testable import Server

/// A server in a folder of its own, with the bundled model's tokenizer and whatever engine a test gives it.
struct TestServer: Sendable {
    static let key = "correct horse battery staple"
    static let sample = checkout + "/Models/shapes/samples/triangle-down-circle-left.mp4"

    let server: GlimpseServer
    private let folder: Folder

    private final class Folder: Sendable {
        let path: String
        init() throws {
            path = FileManager.default.temporaryDirectory.appendingPathComponent("glimpse-\(UUID())").path
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    var dataFolder: String { folder.path + "/data" }

    /// Without an engine the model is still being loaded.
    init(_ generator: (any Generator)? = nil, _ change: (inout ServerConfiguration) -> Void = { _ in }) async throws {
        folder = try Folder()
        let page = folder.path + "/page"
        try FileManager.default.createDirectory(atPath: page + "/js", withIntermediateDirectories: true)
        try Data("<!doctype html><title>Page</title>".utf8).write(to: URL(fileURLWithPath: page + "/index.html"))
        try Data("export {}".utf8).write(to: URL(fileURLWithPath: page + "/js/main.js"))
        var configuration = ServerConfiguration(
            dataFolder: folder.path + "/data",
            pageFolder: page,
            modelName: "shapes"
        )
        configuration.port = 0
        configuration.samplesModelFolder = checkout + "/Models/shapes"
        configuration.grace = .seconds(60)
        configuration.drain = .seconds(60)
        change(&configuration)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        server = try await GlimpseServer(configuration, logger: logger)
        if let generator { await load(generator) }
    }

    func load(_ generator: any Generator) async {
        await server.host.load(logger: Logger(label: "test")) {
            try LoadedModel(Bundled.model.get(), generator, isDemonstration: true)
        }
    }

    func run(_ setup: TestingSetup = .router, _ test: @escaping @Sendable (any TestClientProtocol) async throws -> Void)
        async throws
    {
        try await server.application().test(setup, test)
    }
}

/// The bundled model, opened once for all tests.
enum Bundled {
    static let model = Result { try GLM4V(directory: checkout + "/Models/shapes") }
}

extension TestClientProtocol {
    /// A request with JSON, or with nothing.
    func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        json: String? = nil,
        _ headers: HTTPFields = [:]
    ) async throws -> TestResponse {
        var headers = headers
        if json != nil, headers[.contentType] == nil { headers[.contentType] = "application/json" }
        return try await execute(uri: path, method: method, headers: headers, body: json.map { ByteBuffer(string: $0) })
    }

    /// Exchanges the key for its cookie.
    func logIn(_ headers: HTTPFields = [:]) async throws -> String {
        let login = try await send(.post, "/api/session", json: "{\"key\":\"\(TestServer.key)\"}", headers)
        return String(try #require(login.headers[.setCookie]).prefix { $0 != ";" })
    }

    func upload(_ bytes: [UInt8], name: String = "clip.mp4") async throws -> TestResponse {
        try await execute(
            uri: "/api/media",
            method: .post,
            headers: [.contentType: "video/mp4", .fileName: name],
            body: ByteBuffer(bytes: bytes)
        )
    }

    /// Uploads the sample, and begins a conversation about it.
    func conversation(settings: String = "{}") async throws -> ConversationView {
        let media = try await send(.post, "/api/samples/triangle-down-circle-left.mp4").json(MediaView.self)
        return try await send(
            .post,
            "/api/conversations",
            json: "{\"mediaIds\":[\"\(media.id)\"],\"settings\":\(settings)}"
        )
        .json(ConversationView.self)
    }

    func ask(_ text: String, in conversation: String, more: String = "") async throws -> TestResponse {
        try await send(.post, "/api/conversations/\(conversation)/messages", json: "{\"text\":\"\(text)\"\(more)}")
    }

    /// The conversation once its last reply is finished.
    func finished(_ conversation: String) async throws -> ConversationView {
        try await until { view in
            !view.isRunning && !view.messages.isEmpty
        } of: {
            conversation
        }
    }

    func until(
        _ isGood: (ConversationView) -> Bool,
        of id: () -> String
    ) async throws -> ConversationView {
        // Other tests compute meanwhile: what takes a second alone may take a minute.
        let deadline = ContinuousClock.now + .seconds(200)
        while ContinuousClock.now < deadline {
            let view = try await send(.get, "/api/conversations/\(id())").json(ConversationView.self)
            if isGood(view) { return view }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw TestTimeout()
    }
}

struct TestTimeout: Error {}

extension TestResponse {
    func json<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let text = try decoder.singleValueContainer().decode(String.self)
            return try Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        }
        return try decoder.decode(type, from: Data(body.readableBytesView))
    }

    /// The error's code, if it is one of ours.
    var code: String? { try? json(ErrorBody.self).error.code }
}

extension ConversationView {
    var replies: [ReplyView] {
        messages.compactMap { if case .reply(let reply) = $0 { reply } else { nil } }
    }
}

/// A pair as a POST of a question answers it.
struct Begun: Decodable {
    let question: QuestionView
    let reply: ReplyView
}
