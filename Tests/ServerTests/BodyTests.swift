import Foundation
import GLM
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import Server

/// Bodies that are not what they should be: refused by name, never a 500, never a crash.
struct BodyTests {
    /// Numbers and things that have ended other servers.
    private static let extremes = [
        "-1", "0", "1e-320", "1e308", "1e400", "-1e400", "2147483648", "9007199254740993", "9223372036854775808",
        "-9223372036854775808", "18446744073709551616", "0.5", "\"1\"", "\"\"", "null", "[]", "{}", "true", "[[[[]]]]",
        "nan",
        "\"\\ud800\"",
    ]

    private static let fields = [
        "layout", "frames", "fps", "maxPixels", "system", "maxNewTokens", "temperature", "topP", "topK",
        "repetitionPenalty",
        "maxThinkingTokens", "seed",
    ]

    @Test func `each setting takes what it should and refuses the rest`() async throws {
        let test = try await TestServer(Scripted(["<answer>x</answer>"]))
        try await test.run { client in
            for field in Self.fields {
                for value in Self.extremes {
                    let response = try await client.send(
                        .post,
                        "/api/conversations",
                        json: "{\"settings\":{\"\(field)\":\(value)}}"
                    )
                    let allowed: [Int] = [201, 400]
                    #expect(allowed.contains(response.status.code), "\(field) \(value): \(response.status)")
                    guard response.status == .created else { continue }
                    let settings = try response.json(ConversationView.self).settings
                    #expect(throws: Never.self, "\(field) \(value)") { try settings.validate() }
                }
            }
        }
    }

    @Test(arguments: [
        ("{\"settings\":{\"topK\":0}}", "topK is 0: it goes from 1 to 1000."),
        ("{\"settings\":{\"temperature\":5}}", "temperature is 5.0: it goes from 0.1 to 4.0."),
        (
            "{\"settings\":{\"frames\":5,\"fps\":2}}",
            "frames and fps exclude each other: give one of them, and null for the other."
        ),
        ("{\"settings\":{\"layout\":\"sideways\"}}", "layout should be one of frames-first, question-first, video."),
        (
            "{\"mediaIds\":[\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\"]}",
            "A conversation has at most 8 videos and pictures."
        ),
    ])
    func `what is out of its range is named`(json: String, message: String) async throws {
        let test = try await TestServer()
        try await test.run { client in
            let response = try await client.send(.post, "/api/conversations", json: json)
            #expect(response.status == .badRequest)
            #expect(try response.json(ErrorBody.self).error.message == message)
        }
    }

    @Test func `settings have their defaults, and null is none`() async throws {
        let test = try await TestServer()
        try await test.run { client in
            func settings(_ json: String) async throws -> Settings {
                try await client.send(.post, "/api/conversations", json: "{\"settings\":\(json)}").json(
                    ConversationView.self
                ).settings
            }
            #expect(try await settings("{}") == Settings())
            #expect(try await settings("{\"frames\":null}").selection == .standard)
            #expect(try await settings("{\"fps\":2}").selection == .rate(2))
            #expect(try await settings("{\"unknown\":[1,{}],\"seed\":9007199254740991}").seed == 9_007_199_254_740_991)
            let options = try await client.send(.get, "/api/options").json(OptionsView.self)
            #expect(options.defaults == Settings())
            #expect(
                options.sliders.map(\.label) == [
                    "Max new tokens", "Temperature", "Top-p (nucleus sampling)", "Top-k", "Repetition penalty",
                ]
            )
            #expect(options.sliders.map(\.default) == [2048, 0.6, 0.9, 50, 1.2])
            #expect(options.sliders.map(\.min) == [1, 0.1, 0.05, 1, 1])
            #expect(options.sliders.map(\.max) == [3072, 4, 1, 1000, 2])
            #expect(options.sliders.map(\.step) == [1, 0.1, 0.05, 1, 0.05])
        }
    }

    private func nested(_ depth: Int, _ open: String, _ close: String) -> String {
        String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
    }

    @Test func `JSON that is deep, long, odd or no JSON is refused`() async throws {
        let test = try await TestServer()
        let bodies = [
            nested(33, "[", "]"), nested(500, "[", "]"), nested(100_000, "[", "]"), nested(511, "{\"k\":", "}"), "",
            "{", "[", "nul",
            "\u{FEFF}{", "{\"title\":\"\\ud800\"}", "{\"title\":\"\u{0}\"}", "[1,2]", "\"text\"", "12",
            String(repeating: "[", count: 1000),
        ]
        try await test.run { client in
            for body in bodies {
                let response = try await client.send(.post, "/api/conversations", json: body)
                #expect(response.code == "bad_json", "\(body.prefix(40)): \(response.status)")
            }
            #expect(
                try await client.send(.post, "/api/conversations", json: "{\"x\":\(nested(31, "[", "]"))}").status
                    == .created
            )
            let brackets = "{\"title\":\"" + String(repeating: "[", count: 100) + "\"}"
            #expect(try await client.send(.post, "/api/conversations", json: brackets).status == .created)
            let long = "{\"title\":\"" + String(repeating: "x", count: 1 << 20) + "\"}"
            #expect(try await client.send(.post, "/api/conversations", json: long).code == "too_large")
        }
    }

    @Test func `a body has the type that it says, and is not compressed`() async throws {
        let test = try await TestServer()
        try await test.run { client in
            for type in [
                "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                "application/jsonx", "",
            ] {
                let response = try await client.send(.post, "/api/conversations", json: "{}", [.contentType: type])
                #expect(response.code == "unsupported_media_type", "\(type)")
            }
            let typed = try await client.send(
                .post,
                "/api/conversations",
                json: "{}",
                [.contentType: "Application/JSON; charset=utf-8"]
            )
            #expect(typed.status == .created)
            let zipped = try await client.send(.post, "/api/conversations", json: "{}", [.contentEncoding: "gzip"])
            #expect(zipped.code == "unsupported_media_type")
            let file = try await client.send(
                .post,
                "/api/media",
                json: "x",
                [.contentType: "video/mp4", .contentEncoding: "gzip"]
            )
            #expect(file.code == "unsupported_media_type")
        }
    }

    @Test func `an empty question is none, and one that is too long is refused`() async throws {
        let test = try await TestServer(Scripted(["x"]))
        try await test.run { client in
            let talk = try await client.conversation()
            #expect(try await client.ask("", in: talk.id).code == "bad_request")
            #expect(try await client.ask(" \\n\\t", in: talk.id).code == "bad_request")
            #expect(try await client.ask(String(repeating: "x", count: 65_537), in: talk.id).code == "out_of_range")
        }
    }

    @Test func `queries of the list are checked`() async throws {
        let test = try await TestServer()
        try await test.run { client in
            for query in [
                "limit=0", "limit=201", "limit=x", "limit=-1", "limit=99999999999999999999", "before=x", "before=1-2",
                "before=99999999999999999999-\(String(repeating: "a", count: 32))",
            ] {
                let response = try await client.send(.get, "/api/conversations?\(query)")
                #expect(response.status == .badRequest, "\(query)")
            }
            for query in [
                "", "q=%25", "q=a%20b%20c%20d%20e%20f%20g%20h%20i%20j", "limit=200", "q=%00", "q=%ff", "q=", "x=y",
            ] {
                let response = try await client.send(.get, "/api/conversations?\(query)")
                #expect(response.status == .ok, "\(query)")
            }
        }
    }
}
