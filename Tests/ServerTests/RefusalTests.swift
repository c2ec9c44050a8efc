import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Testing

@testable import Server

/// Every way to say no, through every route that there is.
struct ServerRefusalTests {
    private static let id = String(repeating: "a", count: 32)

    private func path(_ route: Routes.Route, id: String = Self.id) -> String {
        "/" + route.path.split(separator: "/").map { $0.hasPrefix(":") ? id : String($0) }.joined(separator: "/")
    }

    @Test func `without the key no route but the listed ones is open`() async throws {
        let test = try await TestServer(Scripted(["x"])) { $0.apiKey = TestServer.key }
        let key = TestServer.key
        let attempts: [HTTPFields] = [
            [:], [.authorization: "Bearer"], [.authorization: "Bearer "], [.authorization: key],
            [.authorization: "Bearer \(key)x"], [.authorization: "Basic \(key)"], [.cookie: "glimpse_session=\(key)"],
            [.cookie: "glimpse_session="], [.cookie: "glimpse_session"],
        ]
        let routes = test.server.keyedRoutes.all
        #expect(routes.count >= 20)
        try await test.run { client in
            for route in routes {
                // Fewer than ten different guesses, each counted once: the address is not told to wait.
                for headers in attempts {
                    let response = try await client.send(route.method, path(route), headers)
                    #expect(response.status == .unauthorized, "\(route.method) \(route.path)")
                    if route.method != .head { #expect(response.code == "unauthorized") }
                    let inQuery = try await client.send(
                        route.method,
                        path(route) + "?key=\(key)&api_key=\(key)",
                        headers
                    )
                    #expect(inQuery.status == .unauthorized)
                }
            }
            for path in [
                "/API/status", "//api/status", "/api//status", "/api/status/", "/%61pi/status", "/api/./status",
                "/x/../api/status", "/api/status;x",
            ] {
                let response = try await client.send(.get, path)
                #expect(response.status == .unauthorized || response.status == .notFound, "\(path)")
            }
        }
    }

    @Test func `with the key, or the cookie it is exchanged for, all is open`() async throws {
        let test = try await TestServer(Scripted(["x"])) { $0.apiKey = TestServer.key }
        try await test.run { client in
            #expect(
                try await client.send(.get, "/api/status", [.authorization: "Bearer \(TestServer.key)"]).status == .ok
            )
            #expect(try await client.send(.post, "/api/session", json: "{\"key\":\"wrong\"}").code == "unauthorized")
            let login = try await client.send(.post, "/api/session", json: "{\"key\":\"\(TestServer.key)\"}")
            #expect(login.status == .noContent)
            let cookie = try #require(login.headers[.setCookie])
            #expect(
                cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && !cookie.contains(TestServer.key)
            )
            let session = String(cookie.prefix { $0 != ";" })
            #expect(try await client.send(.get, "/api/status", [.cookie: session]).status == .ok)
            #expect(try await client.send(.delete, "/api/session").headers[.setCookie]?.contains("Max-Age=0") ?? false)
            for path in ["/health", "/ready", "/", "/index.html", "/js/main.js", "/api/session"] {
                #expect(try await client.send(.get, path).status == .ok, "\(path)")
            }
        }
    }

    @Test func `guessing is slowed`() async throws {
        let test = try await TestServer(Scripted(["x"])) { $0.apiKey = TestServer.key }
        try await test.run { client in
            for _ in 0..<10 { _ = try await client.send(.post, "/api/session", json: "{\"key\":\"wrong\"}") }
            let response = try await client.send(.post, "/api/session", json: "{\"key\":\"\(TestServer.key)\"}")
            #expect(response.code == "too_many_attempts" && response.headers[.retryAfter] != nil)
            #expect(
                try await client.send(.get, "/api/status", [.authorization: "Bearer x"]).code == "too_many_attempts"
            )
        }
    }

    @Test func `guessing by GET of the session is slowed, too`() async throws {
        let test = try await TestServer(Scripted(["x"])) { $0.apiKey = TestServer.key }
        try await test.run { client in
            for number in 0..<10 {
                let guess = try await client.send(.get, "/api/session", [.authorization: "Bearer guess-\(number)"])
                #expect(guess.status == .ok && String(buffer: guess.body).contains("\"authenticated\":false"))
            }
            let right: HTTPFields = [.authorization: "Bearer \(TestServer.key)"]
            for path in ["/api/session", "/api/status"] {
                let response = try await client.send(.get, path, right)
                #expect(response.code == "too_many_attempts" && response.headers[.retryAfter] != nil, "\(path)")
            }
            #expect(try await client.send(.get, "/api/session").status == .ok, "nothing is guessed without a key")
        }
    }

    @Test(arguments: ["/api/session", "/api/status"])
    func `guessing by the cookie of a key is slowed, too`(path: String) async throws {
        let test = try await TestServer(Scripted(["x"])) { $0.apiKey = TestServer.key }
        try await test.run { client in
            let right = try await client.logIn()
            #expect(try await client.send(.get, path, [.cookie: right]).status == .ok)
            for number in 0..<10 {
                let guess = KeyGuard(key: "guess-\(number)").sessionCookie(isSecure: false, lasts: true)
                let response = try await client.send(.get, path, [.cookie: String(guess.prefix { $0 != ";" })])
                #expect(response.code != "too_many_attempts")
            }
            for path in ["/api/session", "/api/status"] {
                #expect(try await client.send(.get, path, [.cookie: right]).code == "too_many_attempts", "\(path)")
            }
            let login = try await client.send(.post, "/api/session", json: "{\"key\":\"\(TestServer.key)\"}")
            #expect(login.code == "too_many_attempts")
        }
    }

    @Test(arguments: [[.cookie: "glimpse_session=stale"], [.authorization: "Bearer stale"]] as [HTTPFields])
    func `what was right before a change of the key keeps nobody out`(stale: HTTPFields) async throws {
        let test = try await TestServer(Scripted(["x"])) { $0.apiKey = TestServer.key }
        try await test.run { client in
            for _ in 0..<20 {
                #expect(try await client.send(.get, "/api/status", stale).status == .unauthorized)
                #expect(try await client.send(.get, "/api/session", stale).status == .ok)
            }
            let cookie = try await client.logIn(stale)
            #expect(try await client.send(.get, "/api/status", [.cookie: cookie]).status == .ok)
        }
    }

    @Test func `guesses are forgotten after a minute, and never many are remembered`() {
        var guesses = Guesses()
        let start = ContinuousClock.now
        for number in 0..<(3 * Guesses.maximumAddresses) { guesses.add(nil, from: "\(number)", at: start) }
        #expect(guesses.count == Guesses.maximumAddresses)
        for _ in 0..<Guesses.allowed { guesses.add(nil, from: "a", at: start) }
        #expect(guesses.wait(of: "a", now: start) == Guesses.window && guesses.wait(of: "b", now: start) == nil)
        #expect(guesses.wait(of: "a", now: start + .seconds(59)) == .seconds(1))
        #expect(guesses.wait(of: "a", now: start + Guesses.window) == nil)
        guesses.add(nil, from: "b", at: start + Guesses.window)
        #expect(guesses.count == 1)
    }

    @Test func `what is not there is not found, on every route with an id`() async throws {
        let test = try await TestServer(Scripted(["x"]))
        let ids = [
            Self.id, "x", "..", "%2e%2e", "..%2f..%2fetc%2fpasswd", "a%00b", String(repeating: "A", count: 32),
            "1'%20OR%201=1",
        ]
        try await test.run { client in
            for route in test.server.keyedRoutes.all where route.path.contains(":") {
                for id in ids {
                    let json = route.method == .post || route.method == .patch ? "{\"text\":\"x\"}" : nil
                    let response = try await client.send(route.method, path(route, id: id), json: json)
                    #expect(response.status == .notFound, "\(route.method) \(route.path) \(id): \(response.status)")
                }
            }
            for path in [
                "/nothing", "/api", "/api/nothing", "/../Package.swift", "/js/../../secret", "/js/%2e%2e/%2e%2e/x",
                "/.git/config",
            ] {
                #expect(try await client.send(.get, path).code == "not_found", "\(path)")
            }
        }
    }

    @Test func `every response tells the browser to be careful`() async throws {
        let test = try await TestServer(Scripted(["x"]))
        let all = test.server.keyedRoutes + test.server.sessionRoutes + test.server.openRoutes
        try await test.run { client in
            for route in all.all where !route.path.hasSuffix("events") {
                let response = try await client.send(route.method, path(route))
                let headers = response.headers
                #expect(headers[.contentSecurityPolicy]?.hasPrefix("default-src ") ?? false, "\(route.path)")
                #expect(headers[.contentSecurityPolicy]?.contains("frame-ancestors 'none'") ?? false)
                #expect(!(headers[.contentSecurityPolicy]?.contains("unsafe") ?? true))
                #expect(headers[.xContentTypeOptions] == "nosniff" && headers[.referrerPolicy] == "no-referrer")
                #expect(headers[.accessControlAllowOrigin] == nil)
                #expect(headers[.requestID] != nil)
                if response.status.code >= 400, route.method != .head {
                    let error = try response.json(ErrorBody.self).error
                    #expect(Refusal.Code(rawValue: error.code) != nil && error.requestId == headers[.requestID])
                }
            }
        }
    }

    @Test(arguments: [
        "evil.test", "evil.test:7860", "127.0.0.1.evil.test", "localhost.evil.test", "a/?x=", "x#",
        "127.0.0.1@evil.test", "localhost:99999", "",
    ])
    func `another name than its own is refused`(host: String) async throws {
        let test = try await TestServer()
        try await test.run(.live) { client in
            let port = try #require(client.port)
            let answer = try await RawHTTP.send(
                "GET /health HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n",
                port: port
            )
            #expect(answer.hasPrefix("HTTP/1.1 421") || answer.hasPrefix("HTTP/1.1 400"), "\(answer.prefix(80))")
        }
    }

    @Test func `its own names are let in, the proxy's too`() async throws {
        let test = try await TestServer { $0.publicURL = Origin("https://glimpse.example.org") }
        try await test.run(.live) { client in
            let port = try #require(client.port)
            for host in ["localhost", "LOCALHOST:\(port)", "127.0.0.1:\(port)", "[::1]:\(port)", "glimpse.example.org"]
            {
                let answer = try await RawHTTP.send(
                    "GET /health HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n",
                    port: port
                )
                #expect(answer.hasPrefix("HTTP/1.1 200"), "\(host)")
            }
        }
    }

    @Test func `another site can change nothing and read nothing`() async throws {
        let test = try await TestServer(Scripted(["x"])) { $0.publicURL = Origin("https://glimpse.example.org") }
        let hostile: [HTTPFields] = [
            [.origin: "http://evil.test"], [.origin: "null"], [.origin: ""], [.origin: "http://localhost.evil.test"],
            [.origin: "http://localhost/x"], [.origin: "ftp://localhost"], [.origin: "http://user@localhost"],
            [.fetchSite: "cross-site"], [.fetchSite: "same-site"],
        ]
        try await test.run { client in
            let routes = test.server.keyedRoutes + test.server.sessionRoutes
            for route in routes.all {
                for headers in hostile {
                    let response = try await client.send(
                        route.method,
                        path(route),
                        json: route.method == .post ? "{}" : nil,
                        headers
                    )
                    #expect(response.status == .forbidden, "\(route.path) \(headers)")
                }
            }
            for origin in ["http://localhost", "https://glimpse.example.org"] {
                let response = try await client.send(
                    .post,
                    "/api/conversations",
                    json: "{}",
                    [.origin: origin, .fetchSite: "same-origin"]
                )
                #expect(response.status == .created)
            }
            #expect(try await client.send(.get, "/", [.fetchSite: "cross-site"]).status == .ok)
        }
    }

    @Test func `until the model is loaded questions are refused, and nothing else`() async throws {
        let test = try await TestServer()
        try await test.run { client in
            #expect(try await client.send(.get, "/health").status == .ok)
            let ready = try await client.send(.get, "/ready")
            #expect(
                ready.code == "model_loading" && ready.headers[.retryAfter] != nil
                    && ready.status == .serviceUnavailable
            )
            #expect(try await client.send(.get, "/api/status").json(StatusView.self).model.state == "loading")
            let talk = try await client.conversation()
            #expect(talk.preparation.state == .waiting)
            #expect(try await client.ask("What?", in: talk.id).code == "model_loading")
            await test.load(Scripted(["<answer>yes</answer>"]))
            #expect(try await client.send(.get, "/ready").status == .ok)
            #expect(try await client.ask("What?", in: talk.id).status == .created)
        }
    }

    @Test func `a model that cannot be loaded is told`() async throws {
        let test = try await TestServer()
        struct Broken: Error, CustomStringConvertible { let description = "the weights are cut" }
        await test.server.host.load(logger: .init(label: "test")) { throw Broken() }
        try await test.run { client in
            #expect(try await client.send(.get, "/ready").code == "model_failed")
            let status = try await client.send(.get, "/api/status").json(StatusView.self)
            #expect(status.model.state == "failed" && status.model.error == "the weights are cut")
        }
    }
}
