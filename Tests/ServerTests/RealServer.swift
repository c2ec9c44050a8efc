import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationEssentialsCompat
import NIOHTTP1
import TestSupport

@testable import Server

/// `glimpse serve` as people run it, in a process of its own.
final class RealServer {
    let process = Process()
    private(set) var port = 0
    private let log: TemporaryFolder

    /// Starts it on a port that is free, and waits until the model is there or, if it is not to be, until it is known to be missing.
    init(
        data: String,
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        hasModel: Bool = true
    ) async throws {
        log = try TemporaryFolder()
        process.executableURL = URL(fileURLWithPath: checkout + "/.build/release/glimpse")
        process.arguments = ["serve", "--port", "0", "--data-dir", data] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardError = try log.file("errors")
        process.standardOutput = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        for _ in 0..<500 where port == 0 {
            try await Task.sleep(for: .milliseconds(20))
            port = errors.firstMatch(of: /open http:\/\/[^:]+:([0-9]+)/).flatMap { Int($0.1) } ?? 0
        }
        for _ in 0..<500 {
            if port > 0, hasModel, try await get("/ready").status == 200 { return }
            if port > 0, !hasModel, try await model().state == "failed" { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw TestTimeout()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    var errors: String { (try? log.text("errors")) ?? "" }

    struct Status: Decodable {
        struct Model: Decodable {
            let state: String
            let error: String?
        }
        let model: Model
    }

    func model() async throws -> Status.Model { try await json(Status.self, "GET", "/api/status").model }

    func get(_ path: String) async throws -> (status: Int, body: Data) { try await send("GET", path) }

    func send(_ method: String, _ path: String, json: String? = nil) async throws -> (status: Int, body: Data) {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = .init(rawValue: method)
        if let json {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: json))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        return (Int(response.status.code), Data(buffer: try await response.body.collect(upTo: 64 << 20)))
    }

    func json<Value: Decodable>(_ type: Value.Type, _ method: String, _ path: String, _ json: String? = nil)
        async throws -> Value
    {
        try JSONDecoder().decode(type, from: try await send(method, path, json: json).body)
    }

    /// Sends a signal, and waits for the end: → the exit status, or nil where a signal ended it.
    func end(by signal: Int32) async throws -> Int32? {
        kill(process.processIdentifier, signal)
        return try await ended()
    }

    func ended() async throws -> Int32? {
        for _ in 0..<3000 where process.isRunning { try await Task.sleep(for: .milliseconds(10)) }
        guard !process.isRunning else { throw TestTimeout() }
        return process.terminationReason == .exit ? process.terminationStatus : nil
    }

    /// Only what these tests look at.
    struct Talk: Decodable {
        struct Message: Decodable {
            let id, role: String
            let raw, status, text: String?
        }
        let id: String
        let messages: [Message]
    }

    struct Named: Decodable { let id: String }

    /// Asks for a reply that goes on for long: hot, and punished for what would end it. Another seed is another reply.
    func askAtLength(seed: Int = 1, tokens: Int = 3072) async throws -> String {
        let media = try await json(Named.self, "POST", "/api/samples/triangle-down-circle-left.mp4").id
        let talk = try await json(Named.self, "POST", "/api/conversations", "{\"mediaIds\":[\"\(media)\"]}").id
        let settings = """
            {"temperature":4,"topP":1,"topK":1000,"repetitionPenalty":2,"maxNewTokens":\(tokens),"seed":\(seed)}
            """
        let asked = try await send(
            "POST",
            "/api/conversations/\(talk)/messages",
            json: "{\"text\":\"Go on and on\",\"settings\":\(settings)}"
        )
        guard asked.status == 201 else { throw TestTimeout() }
        return talk
    }

    func talk(_ id: String) async throws -> Talk { try await json(Talk.self, "GET", "/api/conversations/\(id)") }
}
