import Foundation
import GLM
import History
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import Server

/// A conversation from its first frame to its deletion, with a scripted engine.
struct ConversationTests {
    private static let script = [
        "<thi", "nk>It mo", "ves at 1.5s.</think><ans", "wer>**Down**, until 0:04.", "</answer>",
    ]

    @Test func `frames are sampled, shown, counted and prepared before anybody asks`() async throws {
        let engine = Scripted(Self.script)
        let test = try await TestServer(engine)
        try await test.run { client in
            let talk = try await client.conversation()
            let ready = try await client.until {
                $0.preparation.state == .ready
            } of: {
                talk.id
            }
            let preparation = ready.preparation
            #expect(preparation.frames.count == 10 && engine.prepared == 1)
            #expect(
                preparation.frames.first?.time == 0
                    && preparation.frames.map(\.index) == preparation.frames.map(\.index).sorted()
            )
            let cost = try #require(preparation.cost)
            #expect(cost.frameTokens == preparation.frames.map(\.tokens).reduce(0, +) && cost.frameTokens > 0)
            #expect(cost.totalTokens == cost.frameTokens + cost.textTokens && !cost.isScaled)
            for frame in preparation.frames {
                let picture = try await client.send(.get, frame.url)
                #expect(picture.headers[.contentType] == "image/png")
                #expect(picture.body.getBytes(at: 0, length: 4) == [0x89, 0x50, 0x4E, 0x47])
            }
            #expect(ready.media.first?.posterUrl == preparation.frames.first?.url)
            for file in ["1.png", "x.png", "-1.png", "00.png", "0.PNG", "0.png.png", "..%2f0.png"] {
                #expect(
                    try await client.send(.get, "/api/media/\(ready.media[0].id)/frames/\(file)").status == .notFound,
                    "\(file)"
                )
            }
        }
    }

    @Test func `other frames are prepared anew, other sliders are not`() async throws {
        let engine = Scripted(Self.script)
        let test = try await TestServer(engine)
        try await test.run { client in
            let talk = try await client.conversation()
            _ = try await client.until {
                $0.preparation.state == .ready
            } of: {
                talk.id
            }
            let path = "/api/conversations/\(talk.id)"
            let warm = try await client.send(.patch, path, json: "{\"settings\":{\"temperature\":1}}").json(
                ConversationView.self
            )
            #expect(warm.preparation.state == .ready && warm.settings.temperature == 1)
            let fewer = try await client.send(.patch, path, json: "{\"settings\":{\"frames\":4}}").json(
                ConversationView.self
            )
            #expect(fewer.preparation.state != .ready)
            let ready = try await client.until {
                $0.preparation.state == .ready
            } of: {
                talk.id
            }
            #expect(ready.preparation.frames.count == 4 && engine.prepared == 2)
            let asked = try await client.send(.patch, path, json: "{\"settings\":{\"layout\":\"question-first\"}}")
                .json(ConversationView.self)
            #expect(asked.preparation.state != .ready)
            let sampled = try await client.until {
                $0.preparation.state == .sampled
            } of: {
                talk.id
            }
            #expect(sampled.preparation.frames.count == 10 && engine.prepared == 2)
        }
    }

    @Test func `a reply is kept, split, rendered and counted`() async throws {
        let engine = Scripted(Self.script)
        let test = try await TestServer(engine)
        try await test.run { client in
            let talk = try await client.conversation()
            let begun = try await client.ask("Which way?", in: talk.id).json(Begun.self)
            #expect(begun.question.text == "Which way?" && begun.reply.status == .queued)
            let view = try await client.finished(talk.id)
            let reply = try #require(view.replies.first)
            #expect(
                reply.raw == Self.script.joined() && reply.thought == "It moves at 1.5s."
                    && reply.answer == "**Down**, until 0:04."
            )
            #expect(
                reply.thoughtHtml
                    == "<p>It moves at <button type=\"button\" class=\"moment\" data-seconds=\"1.5\">1.5s</button>.</p>\n"
            )
            #expect(
                reply.answerHtml.contains("<strong>Down</strong>") && reply.answerHtml.contains("data-seconds=\"4.0\"")
            )
            #expect(reply.status == .done && reply.finish == "stop" && reply.error == nil)
            #expect(reply.moments.map(\.seconds) == [4])
            #expect(reply.stats.replyTokens == 5 && reply.stats.promptTokens == engine.heard.first?.tokens.count)
            #expect(view.title == "Which way?" && view.messageCount == 2)
            #expect(engine.heard.first?.text.contains("Which way?") ?? false)
        }
    }

    @Test func `a follow-up has the answers before it, without their thoughts`() async throws {
        let engine = Scripted(Self.script)
        let test = try await TestServer(engine)
        try await test.run { client in
            let talk = try await client.conversation()
            _ = try await client.ask("First?", in: talk.id)
            _ = try await client.finished(talk.id)
            _ = try await client.ask("Second?", in: talk.id)
            _ = try await client.finished(talk.id)
            let prompt = try #require(engine.heard.last)
            #expect(
                prompt.text.contains("First?") && prompt.text.contains("**Down**") && prompt.text.contains("Second?")
            )
            #expect(!prompt.text.contains("It moves") && prompt.pictures.count == 10)
        }
    }

    @Test func `editing takes what came after, and regenerating only the reply`() async throws {
        let engine = Scripted(Self.script)
        let test = try await TestServer(engine)
        try await test.run { client in
            let talk = try await client.conversation()
            let first = try await client.ask("First?", in: talk.id).json(Begun.self)
            _ = try await client.finished(talk.id)
            let second = try await client.ask("Second?", in: talk.id).json(Begun.self)
            let four = try await client.finished(talk.id)
            #expect(four.messages.count == 4)

            let path = "/api/conversations/\(talk.id)/messages"
            #expect(
                try await client.send(.post, "\(path)/\(first.reply.id)/regenerate", json: "{}").code
                    == "nothing_to_regenerate"
            )
            let again = try await client.send(
                .post,
                "\(path)/\(second.reply.id)/regenerate",
                json: "{\"settings\":{\"seed\":7}}"
            ).json(Begun.self)
            #expect(
                again.question.text == "Second?" && again.reply.id != second.reply.id && again.reply.settings.seed == 7
            )
            #expect(try await client.finished(talk.id).messages.count == 4)

            _ = try await client.ask("Better?", in: talk.id, more: ",\"replaces\":\"\(first.question.id)\"")
            let edited = try await client.finished(talk.id)
            #expect(edited.messages.count == 2 && edited.title == "Better?")
            #expect(
                try await client.ask("x", in: talk.id, more: ",\"replaces\":\"\(first.question.id)\"").status
                    == .notFound
            )
            #expect(
                try await client.send(.post, "\(path)/\(second.reply.id)/regenerate", json: "{}").status == .notFound
            )
        }
    }

    @Test func `one reply at a time, until it is stopped`() async throws {
        let engine = Scripted(["word "], pause: .milliseconds(5), isEndless: true)
        let test = try await TestServer(engine)
        try await test.run { client in
            let talk = try await client.conversation()
            let begun = try await client.ask("Go on", in: talk.id).json(Begun.self)
            _ = try await client.until {
                $0.replies.first?.raw.contains("word") ?? false
            } of: {
                talk.id
            }
            #expect(try await client.ask("And?", in: talk.id).code == "reply_running")
            #expect(
                try await client.send(.patch, "/api/conversations/\(talk.id)", json: "{\"settings\":{\"frames\":3}}")
                    .code == "reply_running"
            )
            let path = "/api/conversations/\(talk.id)/messages/\(begun.reply.id)/stop"
            let stopped = try await client.send(.post, path).json(ReplyView.self)
            #expect(stopped.status == .stopped && stopped.finish == "cancelled" && stopped.raw.contains("word"))
            for _ in 0..<200 where engine.running > 0 { try await Task.sleep(for: .milliseconds(10)) }
            #expect(engine.running == 0)
            #expect(try await client.send(.post, path).code == "not_running")
            #expect(try await client.ask("And?", in: talk.id).status == .created)
        }
    }

    @Test func `a full queue is refused with a time to come back, and who leaves makes room`() async throws {
        let engine = Scripted(["word "], pause: .milliseconds(5), isEndless: true)
        let test = try await TestServer(engine) { ($0.together, $0.queue) = (1, 1) }
        try await test.run { client in
            var talks: [(String, String)] = []
            for _ in 0..<2 {
                let talk = try await client.send(.post, "/api/conversations", json: "{}").json(ConversationView.self)
                talks.append((talk.id, try await client.ask("Go", in: talk.id).json(Begun.self).reply.id))
            }
            let third = try await client.send(.post, "/api/conversations", json: "{}").json(ConversationView.self)
            let refused = try await client.ask("Go", in: third.id)
            #expect(refused.code == "queue_full" && refused.status == .serviceUnavailable)
            let sentence = "The queue is full (1 answered at once, 1 waiting): ask again in a while."
            #expect(try refused.json(ErrorBody.self).error.message == sentence)
            #expect(refused.headers[.retryAfter].flatMap { Int($0) }.map { (1...120).contains($0) } ?? false)
            #expect(
                try await client.send(.get, "/api/conversations/\(third.id)").json(ConversationView.self).messages
                    .isEmpty
            )
            for _ in 0..<200 where engine.running < 2 { try await Task.sleep(for: .milliseconds(10)) }
            let status = try await client.send(.get, "/api/status").json(StatusView.self)
            #expect(status.queue == QueueView(running: 2, waiting: 0, capacity: 1), "this engine answers all at once")
            _ = try await client.send(.post, "/api/conversations/\(talks[0].0)/messages/\(talks[0].1)/stop")
            var response = try await client.ask("Go", in: third.id)
            for _ in 0..<100 where response.status != .created {
                try await Task.sleep(for: .milliseconds(20))
                response = try await client.ask("Go", in: third.id)
            }
            #expect(response.status == .created)
        }
    }

    @Test(arguments: [(1, 0), (1, 1), (4, 30), (64, 1000)])
    func `as many are let in as are answered at once, and as may wait beside them`(together: Int, places: Int) throws {
        let admission = Admission(together: together, places: places)
        for _ in 0..<(together + places) { try admission.enter("one") }
        #expect(throws: Refusal.self) { try admission.enter("one") }
        admission.leave("one", after: .zero)
        try admission.enter("one")
        #expect(throws: Refusal.self) { try admission.enter("one") }
        #expect(admission.open == together + places)
    }

    @Test func `one who fills the line keeps out only himself, and nobody doubles it`() throws {
        let admission = Admission(together: 1, places: 2)
        for _ in 0..<3 { try admission.enter("one") }
        #expect(throws: Refusal.self) { try admission.enter("one") }
        try admission.enter("another")
        #expect(throws: Refusal.self) { try admission.enter("another") }
        for i in 0..<2 { try admission.enter("third \(i)") }
        #expect(throws: Refusal.self) { try admission.enter("one too many") }
        admission.leave("another", after: .zero)
        try admission.enter("another")
    }

    @Test func `a prompt has as many tokens as it may, and leaves room for the reply`() throws {
        let engine = Scripted(["x"], context: 8192)
        let settings = Settings()
        func limit(_ tokens: Int) throws -> Int {
            try LoadedModel(Bundled.model.get(), engine, isDemonstration: true, inputTokens: tokens).inputLimit(
                settings
            )
        }
        #expect(try limit(300) == 300)
        #expect(try limit(1 << 24) == 8192 - settings.maxNewTokens)
    }

    @Test func `deleting ends the reply and leaves no file`() async throws {
        let engine = Scripted(["word "], pause: .milliseconds(5), isEndless: true)
        let test = try await TestServer(engine)
        try await test.run { client in
            let talk = try await client.conversation()
            _ = try await client.until {
                $0.preparation.state == .ready
            } of: {
                talk.id
            }
            _ = try await client.ask("Go", in: talk.id)
            #expect(try await client.send(.delete, "/api/conversations/\(talk.id)").status == .noContent)
            #expect(try await client.send(.get, "/api/conversations/\(talk.id)").status == .notFound)
            #expect(try await client.send(.get, "/api/media/\(talk.media[0].id)").status == .notFound)
            for _ in 0..<200 where engine.running > 0 { try await Task.sleep(for: .milliseconds(10)) }
            #expect(engine.running == 0)
            for folder in ["media", "frames"] {
                #expect(try FileManager.default.contentsOfDirectory(atPath: test.dataFolder + "/" + folder).isEmpty)
            }
        }
    }

    @Test func `a title is the first question until somebody chooses one`() async throws {
        let test = try await TestServer(Scripted(["<answer>x</answer>"]))
        try await test.run { client in
            let talk = try await client.conversation()
            let path = "/api/conversations/\(talk.id)"
            #expect(
                try await client.send(.patch, path, json: "{\"title\":\"  Mine \"}").json(ConversationView.self).title
                    == "Mine"
            )
            _ = try await client.ask("What?", in: talk.id)
            #expect(try await client.finished(talk.id).title == "Mine")
            #expect(
                try await client.send(.patch, path, json: "{\"title\":\"\(String(repeating: "x", count: 201))\"}").code
                    == "out_of_range"
            )
            let long = String(repeating: "many words ", count: 20)
            #expect(
                LiveConversation.title(of: long + "\nnext").count <= 80
                    && LiveConversation.title(of: long).hasSuffix("…")
            )
            let found = try await client.send(.get, "/api/conversations?q=mine")
            #expect(String(buffer: found.body).contains(talk.id))
        }
    }

    @Test func `a conversation is exported as text, data and subtitles`() async throws {
        let test = try await TestServer(Scripted(["<think>hm</think><answer>At 1.5s it --> turns <red>.</answer>"]))
        try await test.run { client in
            let talk = try await client.conversation()
            _ = try await client.ask("What?", in: talk.id)
            _ = try await client.finished(talk.id)
            func export(_ format: String) async throws -> String {
                let response = try await client.send(.get, "/api/conversations/\(talk.id)/export?format=\(format)")
                #expect(response.headers[.contentDisposition] == "attachment; filename=\"what.\(format)\"")
                return String(buffer: response.body)
            }
            let markdown = try await export("md")
            #expect(markdown.contains("# What?") && markdown.contains("> hm") && markdown.contains("At 1.5s it"))
            #expect(try JSONSerialization.jsonObject(with: Data(try await export("json").utf8)) is [String: Any])
            let srt = try await export("srt")
            #expect(srt.hasPrefix("1\n00:00:01,500 --> ") && srt.contains("At 1.5s it → turns <red>."))
            let vtt = try await export("vtt")
            #expect(vtt.hasPrefix("WEBVTT\n\n00:00:01.500 --> ") && vtt.contains("it → turns &lt;red&gt;."))
            #expect(
                try await client.send(.get, "/api/conversations/\(talk.id)/export?format=exe").code == "out_of_range"
            )
        }
    }

    @Test func `a character that ends a text in SQLite is replaced in what is kept and shown`() async throws {
        let test = try await TestServer(Scripted(["<think>a\0b</think>", "<answer>c\0d</answer>"]))
        try await test.run { client in
            let talk = try await client.conversation()
            _ = try await client.ask("x\\u0000y", in: talk.id)
            let view = try await client.finished(talk.id)
            let reply = try #require(view.replies.first)
            #expect(reply.raw == "<think>a\u{FFFD}b</think><answer>c\u{FFFD}d</answer>" && reply.answer == "c\u{FFFD}d")
            let store = try Store(path: test.dataFolder + "/history.sqlite")
            #expect(try await store.messages(of: talk.id).map(\.text) == ["x\u{FFFD}y", reply.raw])
        }
    }

    @Test func `a box is on the frame that it speaks of`() async throws {
        let test = try await TestServer(
            Scripted(["<answer>At 2.5 s: <|begin_of_box|>[[10,20,300,400]]<|end_of_box|></answer>"])
        )
        try await test.run { client in
            let talk = try await client.conversation()
            _ = try await client.until {
                $0.preparation.state == .ready
            } of: {
                talk.id
            }
            _ = try await client.ask("Where is it at 2.5 s?", in: talk.id)
            let view = try await client.finished(talk.id)
            let box = try #require(view.replies.first?.boxes.first)
            #expect((box.left, box.top, box.right, box.bottom) == (10, 20, 300, 400) && box.mediaId == talk.media[0].id)
            let nearest = view.preparation.frames.min { abs($0.time - 2.5) < abs($1.time - 2.5) }
            #expect(box.frameIndex == nearest?.index && box.frameTime == nearest?.time)
        }
    }

    @Test func `a question that is too long for the model fails by name`() async throws {
        let test = try await TestServer(Scripted(["x"]))
        try await test.run { client in
            let talk = try await client.conversation()
            _ = try await client.ask(String(repeating: "word ", count: 9000), in: talk.id)
            let reply = try #require(try await client.finished(talk.id).replies.first)
            #expect(reply.status == .failed && reply.error?.code == "context_exceeded")
            #expect(try await client.ask("Short?", in: talk.id).status == .created)
        }
    }
}
