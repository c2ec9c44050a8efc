import AsyncHTTPClient
import Foundation
import Generation
import GLM
import History
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import NIOHTTP1
import Testing

@testable import Server

/// What only a connection shows: streams, readers who leave and come back, and the end of the server.
struct LiveTests {
    /// The events of a conversation, one after the other, until `isEnough`.
    private func events(
        _ talk: String,
        port: Int,
        until isEnough: @escaping @Sendable ([Event]) -> Bool
    ) async throws -> [Event] {
        let request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/api/conversations/\(talk)/events")
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        #expect(response.headers.first(name: "content-type") == "text/event-stream; charset=utf-8")
        var text = ""
        for try await part in response.body {
            text += String(buffer: part)
            let events = Event.all(in: text)
            if isEnough(events) { return events }
        }
        return Event.all(in: text)
    }

    struct Event: Sendable {
        let name, data: String

        static func all(in text: String) -> [Event] {
            text.components(separatedBy: "\n\n").dropLast().compactMap { block in
                let lines = block.split(separator: "\n", omittingEmptySubsequences: false)
                guard lines.count == 2, lines[0].hasPrefix("event: "), lines[1].hasPrefix("data: ") else { return nil }
                return Event(name: String(lines[0].dropFirst(7)), data: String(lines[1].dropFirst(6)))
            }
        }

        func json<Value: Decodable>(_ type: Value.Type) throws -> Value {
            try JSONDecoder().decode(type, from: Data(data.utf8))
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a video goes up and its answer comes down, by the bundled model`() async throws {
        let model = try Bundled.model.get()
        let test = try await TestServer(Engine(model, cacheBytes: 256 << 20))
        try await test.run(.live) { client in
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: TestServer.sample)))
            let media = try await client.upload(bytes).json(MediaView.self)
            let talk = try await client.send(.post, "/api/conversations", json: "{\"mediaIds\":[\"\(media.id)\"]}")
                .json(ConversationView.self)
            let port = try #require(client.port)
            async let all = events(talk.id, port: port) { events in
                events.contains { $0.name == "message" && $0.data.contains("\"status\":\"done\"") }
            }
            _ = try await client.until {
                $0.preparation.state == .ready
            } of: {
                talk.id
            }
            _ = try await client.ask(
                "What happens in the video?",
                in: talk.id,
                more: ",\"settings\":{\"temperature\":0,\"repetitionPenalty\":1}"
            )
            // In this order: the server closes a connection on which nobody asks anything for half a minute.
            let view = try await client.finished(talk.id)
            let events = try await all
            let reply = try #require(view.replies.first)
            #expect(reply.status == .done && !reply.answer.isEmpty, "\(reply)")
            #expect(reply.stats.cachedTokens.map { $0 > 200 } ?? false, "the frames were prepared")

            #expect(events.first?.name == "snapshot")
            let deltas = try events.filter { $0.name == "delta" }.map { try $0.json(DeltaView.self) }
            // Its first words may be in the message with which it begins, and what comes together with the end is in the last alone.
            let start = try #require(events.firstIndex { $0.name == "delta" })
            let first = try #require(events[..<start].last { $0.name == "message" && $0.data.contains(reply.id) })
            let begun = try first.json(FirstMessage.self)
            #expect(reply.raw.hasPrefix(begun.raw + deltas.map(\.raw).joined()))
            #expect(
                reply.answer.hasPrefix(begun.answer + deltas.map(\.answer).joined())
                    && reply.thought.hasPrefix(begun.thought + deltas.map(\.thought).joined())
            )
            let last = try #require(events.last).json(LastMessage.self)
            #expect(last.raw == reply.raw && last.answerHtml == reply.answerHtml)
        }
    }

    private struct FirstMessage: Decodable { let raw, thought, answer: String }
    private struct LastMessage: Decodable { let raw, answerHtml: String }

    @Test(.timeLimit(.minutes(5)))
    func `a reader sees how far preparing has come, and its end`() async throws {
        let engine = Scripted([], holdsPreparation: true)
        let test = try await TestServer(engine)
        try await test.run(.live) { client in
            let port = try #require(client.port)
            let talk = try await client.conversation()
            let events = try await events(talk.id, port: port) { events in
                if events.contains(where: { $0.data.contains("\"stage\":\"vision\"") }) { engine.release() }
                return events.contains { $0.name == "preparation" && $0.data.contains("\"state\":\"ready\"") }
            }
            // Between the two the reader is told at least once, by the snapshot or by an event of its own.
            let seen = try #require(events.first { $0.data.contains("\"stage\":\"vision\"") })
            #expect(seen.data.contains("\"done\":1") && seen.data.contains("\"total\":2"))
            let last = try #require(events.last).json(PreparationProgressView.self)
            #expect(last.state == .ready && last.stage == nil)
            #expect(last.cost != nil, "what a question costs now is told, too")
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a closed tab stops the model, after a moment's grace`() async throws {
        let engine = Scripted(["word "], pause: .milliseconds(5), isEndless: true)
        let test = try await TestServer(engine) { $0.grace = .seconds(3) }
        try await test.run(.live) { client in
            let port = try #require(client.port)
            let talk = try await client.conversation()
            _ = try await client.ask("Go", in: talk.id)
            _ = try await events(talk.id, port: port) { $0.contains { $0.name == "delta" } }  // reads, and leaves
            #expect(engine.running == 1)
            while engine.running > 0 { try await Task.sleep(for: .milliseconds(20)) }
            let reply = try #require(try await client.finished(talk.id).replies.first)
            #expect(reply.status == .interrupted && reply.raw.hasPrefix("word "))
            #expect(test.server.isIdle)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a reload finds the reply still running, and misses nothing`() async throws {
        let engine = Scripted((0..<60).map { "\($0) " }, pause: .milliseconds(20))
        let test = try await TestServer(engine) { $0.grace = .seconds(5) }
        try await test.run(.live) { client in
            let port = try #require(client.port)
            let talk = try await client.conversation()
            _ = try await client.ask("Count", in: talk.id)
            _ = try await events(talk.id, port: port) { $0.count { $0.name == "delta" } >= 2 }
            let events = try await events(talk.id, port: port) { events in
                events.contains { $0.name == "message" && $0.data.contains("\"status\":\"done\"") }
            }
            let snapshot = try #require(events.first { $0.name == "snapshot" })
            let seen = try snapshot.json(Snapshot.self).messages.last?.raw ?? ""
            for event in events where event.name == "delta" {
                #expect(throws: Never.self, "\(event.data)") { try event.json(DeltaView.self) }
            }
            let rest = try events.filter { $0.name == "delta" }.map { try $0.json(DeltaView.self).raw }
            #expect(!seen.isEmpty && engine.begun == 1)
            let last = try #require(events.last).json(Snapshot.Message.self).raw ?? ""
            #expect(
                last == (0..<60).map { "\($0) " }.joined() && last.hasPrefix(seen + rest.joined()) && rest.count > 2
            )
        }
    }

    private struct Snapshot: Decodable {
        struct Message: Decodable { let raw: String? }
        let messages: [Message]
    }

    @Test(.timeLimit(.minutes(5)))
    func `readers are told of titles, removed messages and deletion`() async throws {
        let test = try await TestServer(Scripted(["<answer>x</answer>"]))
        try await test.run(.live) { client in
            let port = try #require(client.port)
            let talk = try await client.conversation()
            let asked = try await client.ask("One?", in: talk.id).json(Begun.self)
            _ = try await client.finished(talk.id)
            async let all = events(talk.id, port: port) { $0.contains { $0.name == "deleted" } }
            try await Task.sleep(for: .milliseconds(200))
            _ = try await client.send(.patch, "/api/conversations/\(talk.id)", json: "{\"title\":\"New\"}")
            try await Task.sleep(for: .milliseconds(200))
            _ = try await client.ask("Two?", in: talk.id, more: ",\"replaces\":\"\(asked.question.id)\"")
            _ = try await client.finished(talk.id)
            try await Task.sleep(for: .milliseconds(200))
            _ = try await client.send(.delete, "/api/conversations/\(talk.id)")
            let events = try await all
            #expect(events.contains { $0.name == "conversation" && $0.data.contains("\"title\":\"New\"") })
            let removed = try #require(events.first { $0.name == "removed" }).json(RemovedView.self)
            #expect(Set(removed.ids) == [asked.question.id, asked.reply.id])
            #expect(events.last?.name == "deleted")
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `shutting down begins nothing, and lets what runs end`() async throws {
        let engine = Scripted((0..<30).map { "\($0) " }, pause: .milliseconds(30))
        let test = try await TestServer(engine)
        try await test.run(.live) { client in
            let port = try #require(client.port)
            let talk = try await client.conversation()
            _ = try await client.ask("Count", in: talk.id)
            async let all = events(talk.id, port: port) { _ in false }
            try await Task.sleep(for: .milliseconds(200))
            async let drained: Void = test.server.drain()
            try await Task.sleep(for: .milliseconds(50))
            #expect(try await client.send(.get, "/ready").code == "stopping")
            #expect(try await client.send(.get, "/health").status == .ok)
            let refused = try await client.send(.post, "/api/conversations", json: "{}")
            #expect(refused.code == "stopping" && refused.headers[.retryAfter] != nil)
            await drained
            let events = try await all
            #expect(events.last?.name == "stopping")
            #expect(events.contains { $0.name == "message" && $0.data.contains("\"status\":\"done\"") })
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `what runs too long at shutdown is ended and kept`() async throws {
        let engine = Scripted(["word "], pause: .milliseconds(5), isEndless: true)
        let test = try await TestServer(engine) { $0.drain = .milliseconds(300) }
        try await test.run(.live) { client in
            let talk = try await client.conversation()
            _ = try await client.ask("Go", in: talk.id)
            _ = try await client.until {
                $0.replies.first?.raw.contains("word") ?? false
            } of: {
                talk.id
            }
            await test.server.drain()
            #expect(try await client.finished(talk.id).replies.first?.status == .interrupted)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `requests that are no requests are answered and closed`() async throws {
        let test = try await TestServer()
        try await test.run(.live) { client in
            let port = try #require(client.port)
            let many = (0..<2000).map { "x-\($0): 1\r\n" }.joined()
            let hostile = [
                "GET / HTTP/1.1\r\n\(many)\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\nx: \(String(repeating: "a", count: 200_000))\r\n\r\n",
                "GET /\(String(repeating: "a", count: 200_000)) HTTP/1.1\r\nHost: localhost\r\n\r\n", "garbage\r\n\r\n",
                "POST /api/media HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "POST /api/conversations HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
                "POST /api/conversations HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
                "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.test\r\n\r\n",
                "GET / HTTP/1.1\r\nHo\0st: localhost\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET http://localhost/ HTTP/1.1\r\nHost: evil.test\r\n\r\n",
            ]
            for request in hostile {
                let answer = try await RawHTTP.send(request, port: port, within: .seconds(2))
                #expect(
                    answer.isEmpty || ["HTTP/1.1 4", "HTTP/1.0 4"].contains { answer.hasPrefix($0) },
                    "\(request.prefix(60)) → \(answer.prefix(60))"
                )
            }
            #expect(try await client.send(.get, "/health").status == .ok)
        }
    }

    @Test func `metrics are Prometheus' text`() async throws {
        let test = try await TestServer(Scripted(["<answer>x</answer>"]))
        try await test.run { client in
            let talk = try await client.conversation()
            _ = try await client.ask("What?", in: talk.id)
            _ = try await client.finished(talk.id)
            _ = try await client.send(.get, "/nothing%22%0a")
            let text = String(buffer: try await client.send(.get, "/metrics").body)
            #expect(text.contains("glimpse_replies_total 1\n") && text.contains("glimpse_model_ready 1.0\n"))
            #expect(
                text.contains("glimpse_requests_total{route=\"/api/conversations\",method=\"POST\",status=\"201\"} 1\n")
            )
            #expect(text.contains("glimpse_request_seconds_bucket{route=\"/api/conversations\",le=\"+Inf\"} 1\n"))
            for line in text.split(separator: "\n") where !line.hasPrefix("#") {
                #expect(line.wholeMatch(of: /[a-z_]+(\{([a-z]+="[^"\n]*",?)*\})? [0-9.e+-]+/) != nil, "\(line)")
            }
        }
    }
}
