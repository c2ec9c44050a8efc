import Foundation
import TestSupport
import Testing

@testable import Server

/// The process: how it starts, how it ends, and what is left when it is killed.
@Suite(.serialized)
struct ProcessTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(.timeLimit(.minutes(2)))
    func `after kill -9 everything that was sent is there, and marked interrupted`() async throws {
        var reply: RealServer.Talk.Message?
        // A reply may be done before the signal comes: then another is asked for.
        for seed in 1...8 where reply?.status != "interrupted" {
            let first = try await RealServer(data: folder.path)
            let talk = try await first.askAtLength(seed: seed)
            var sent = ""
            while sent.isEmpty {
                try await Task.sleep(for: .milliseconds(5))
                sent = try await first.talk(talk).messages.last?.raw ?? ""
            }
            #expect(try await first.end(by: SIGKILL) == nil)

            let second = try await RealServer(data: folder.path)
            let messages = try await second.talk(talk).messages
            #expect(messages.map(\.role) == ["user", "assistant"] && messages.first?.text == "Go on and on")
            reply = messages.last
            #expect(reply?.raw?.hasPrefix(sent) ?? false)
            #expect(try await second.end(by: SIGTERM) == 0)
        }
        #expect(reply?.status == "interrupted", "\(String(describing: reply))")
    }

    @Test(.timeLimit(.minutes(2)))
    func `killed again and again the history stays whole`() async throws {
        var talks: Set<String> = []
        for _ in 0..<8 {
            let server = try await RealServer(data: folder.path)
            for talk in talks { #expect(try await server.get("/api/conversations/\(talk)").status == 200) }
            let talk = try await server.askAtLength()
            talks.insert(talk)
            try await Task.sleep(for: .milliseconds(Int.random(in: 0..<300)))
            _ = try await server.end(by: SIGKILL)
        }
        let server = try await RealServer(data: folder.path)
        #expect(!server.errors.contains("damaged"))
        for talk in talks {
            #expect(["interrupted", "done"].contains(try await server.talk(talk).messages.last?.status))
        }
        _ = try await server.end(by: SIGTERM)
    }

    @Test(.timeLimit(.minutes(2)))
    func `a model for which there is too little memory is not loaded, and whoever looks is told the numbers`()
        async throws
    {
        let small = ["GLIMPSE_MEMORY": "50M"]
        let server = try await RealServer(
            data: folder.path,
            ["--precision", "q8"],
            environment: small,
            hasModel: false
        )
        let error = try await server.model().error ?? ""
        #expect(error.contains("of memory in q8 and 52 MB are free, and --precision q4 needs"))
        #expect(try await server.get("/ready").status == 503)
        #expect(try await server.end(by: SIGTERM) == 0)
    }

    @Test(.timeLimit(.minutes(2)))
    func `a model is packed on first use, and once`() async throws {
        let model = folder.path + "/shapes"
        try FileManager.default.copyItem(atPath: checkout + "/Models/shapes", toPath: model)
        for isFirst in [true, false] {
            let server = try await RealServer(data: folder.path + "/data", ["--model", model, "--precision", "q4"])
            #expect(server.errors.contains("packing the model to q4, once") == isFirst)
            #expect(FileManager.default.fileExists(atPath: model + "/model.q4.safetensors"))
            #expect(try await server.end(by: SIGTERM) == 0)
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `SIGTERM lets the reply end and exits with 0`() async throws {
        let server = try await RealServer(data: folder.path)
        // Nobody reads it, so after ten seconds the server would stop it itself, and a busy machine is slow.
        let talk = try await server.askAtLength(tokens: 300)
        let status = try await server.talk(talk).messages.last?.status
        #expect(status == "queued" || status == "running")
        #expect(try await server.end(by: SIGTERM) == 0)
        let again = try await RealServer(data: folder.path)
        #expect(try await again.talk(talk).messages.last?.status == "done")
        #expect(try await again.end(by: SIGINT) == 0)
    }

    @Test(.timeLimit(.minutes(2)))
    func `where nobody may wait, who comes alone is answered`() async throws {
        let server = try await RealServer(data: folder.path, ["--queue", "0", "--together", "1"])
        let talk = try await server.askAtLength()
        var status: String?
        while status == nil || status == "queued" || status == "running" {
            try await Task.sleep(for: .milliseconds(20))
            status = try await server.talk(talk).messages.last?.status
        }
        #expect(status == "done")
        _ = try await server.end(by: SIGTERM)
    }

    @Test(.timeLimit(.minutes(2)))
    func `a second signal ends it at once`() async throws {
        let server = try await RealServer(data: folder.path)
        for _ in 0..<8 { _ = try await server.askAtLength() }
        kill(server.process.processIdentifier, SIGTERM)
        for _ in 0..<500 where !server.errors.contains("ending") { try await Task.sleep(for: .milliseconds(5)) }
        #expect(try await server.end(by: SIGTERM) == 143)
    }

    @Test(.timeLimit(.minutes(2)))
    func `variables say what options do not, and the key is asked for`() async throws {
        let server = try await RealServer(
            data: folder.path,
            ["--queue", "3"],
            environment: ["GLIMPSE_QUEUE": "7", "GLIMPSE_MAX_UPLOAD": "5M", "MAX_INPUT_TOKEN_LENGTH": "2000"]
        )
        struct Status: Decodable {
            struct Queue: Decodable { let capacity: Int }
            struct Limits: Decodable { let maxUploadBytes: Int }
            struct Model: Decodable { let inputLimit: Int? }
            let queue: Queue, limits: Limits, model: Model
        }
        let status = try await server.json(Status.self, "GET", "/api/status")
        #expect(status.queue.capacity == 3 && status.limits.maxUploadBytes == 5 << 20)
        #expect(status.model.inputLimit == 2000)
        _ = try await server.end(by: SIGTERM)

        let locked = try await RealServer(data: folder.path, environment: ["GLIMPSE_API_KEY": "secret-key"])
        #expect(try await locked.get("/api/status").status == 401)
        #expect(!locked.errors.contains("secret-key"))
        _ = try await locked.end(by: SIGTERM)
    }

    @Test func `a start that cannot be is refused in one line that says what to do`() async throws {
        let server = try await RealServer(data: folder.path)
        let other = try TemporaryFolder()
        let refused: [([String], Int32, String)] = [
            (
                ["--data-dir", folder.path], 73,
                "another glimpse uses \(folder.path): stop it, or name another folder with --data-dir"
            ),
            (
                ["--data-dir", other.path, "--port", "\(server.port)"], 69,
                "cannot listen on the address: another program listens there; choose another with --host and --port"
            ),
            (["--data-dir", "/proc/nothing"], 73, "cannot write in /proc/nothing"),
            (["--port", "65536"], 64, "--port is 65536: it goes from 0 to 65535"),
            (["--data-dir", other.path, "--host", "not.a.host"], 69, "there is no such host"),
            (["--data-dir", other.path, "--host", "8.8.8.8"], 69, "this machine has no such address"),
            (["--queue", "-1"], 64, "--queue"),
            (["--together", "0"], 64, "--together is 0: it goes from 1 to 64"),
            (["--api-key", ""], 64, "--api-key has 0 characters: it should have 8 or more"),
            (["--max-upload", "lots"], 64, "--max-upload is lots: it should be a number of bytes, as in 500M or 2G"),
            (
                ["--max-upload", "9223372036854775807G"], 64,
                "--max-upload is 9223372036854775807G: it goes up to 1024T"
            ),
            (["--model", "/nowhere"], 64, "there is no checkpoint in /nowhere: it has no config.json"),
            (["--public-url", "example.org/x"], 64, "--public-url is example.org/x: it should be an origin"),
            (["--context", "12"], 64, "--context is 12: it goes from 256 to"),
            (["--threads", "0"], 64, "--threads is 0: it goes from 1 to 1000000"),
        ]
        for (arguments, status, sentence) in refused {
            let program = try Self.run(arguments)
            #expect(program.status == status, "\(arguments): \(program.status) \(program.errors)")
            #expect(program.errors.contains(sentence), "\(arguments): \(program.errors)")
        }
        let variable = try Self.run([], environment: ["GLIMPSE_PORT": "x"])
        #expect(variable.status == 64 && variable.errors.contains("GLIMPSE_PORT is x: it should be a whole number"))
        let limit = try Self.run([], environment: ["MAX_INPUT_TOKEN_LENGTH": "0"])
        #expect(limit.status == 78 && limit.errors.contains("MAX_INPUT_TOKEN_LENGTH is 0: it should be a whole number"))
        _ = try await server.end(by: SIGTERM)
    }

    private static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> (
        status: Int32, errors: String
    ) {
        let process = Process()
        let log = try TemporaryFolder()
        process.executableURL = URL(fileURLWithPath: checkout + "/.build/release/glimpse")
        process.arguments = ["serve"] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardError = try log.file("errors")
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let deadline = DispatchWorkItem { process.terminate() }
        DispatchQueue.global().asyncAfter(deadline: .now() + 20, execute: deadline)
        process.waitUntilExit()
        deadline.cancel()
        return (process.terminationStatus, try log.text("errors"))
    }
}
