import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import Synchronization

/// The one key that opens the server, if it has one.
final class KeyGuard: Sendable {
    private let digest: SHA256.Digest?
    private let session: String
    private let attempts = Mutex<[String: [ContinuousClock.Instant]]>([:])

    private static let cookie = "glimpse_session"
    private static let allowedFailures = 10
    private static let window = Duration.seconds(60)

    init(key: String?) {
        digest = key.map { SHA256.hash(data: Data($0.utf8)) }
        session =
            key.map { key in
                HMAC<SHA256>.authenticationCode(for: Data("session".utf8), using: SymmetricKey(data: Data(key.utf8)))
                    .map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
            } ?? ""
    }

    var isRequired: Bool { digest != nil }

    /// Whether a request has the key, or the cookie that the key was exchanged for.
    func lets(in request: Request) -> Bool {
        guard isRequired else { return true }
        let authorizations = request.headers[values: .authorization]
        if authorizations.count == 1, authorizations[0].lowercased().hasPrefix("bearer ") {
            return isKey(String(authorizations[0].dropFirst("bearer ".count)))
        }
        guard authorizations.isEmpty, let value = request.cookies[Self.cookie]?.value else { return false }
        return SHA256.hash(data: Data(value.utf8)) == SHA256.hash(data: Data(session.utf8))
    }

    /// Hashes before it compares, and the digests compare in constant time: how long this takes says nothing about the key.
    func isKey(_ text: String) -> Bool { SHA256.hash(data: Data(text.utf8)) == digest }

    /// Refuses an address that has guessed wrongly too often of late.
    func checkAttempts(from address: String) throws {
        let now = ContinuousClock.now
        let oldest = attempts.withLock { attempts in
            attempts = attempts.mapValues { $0.filter { now - $0 < Self.window } }.filter { !$0.value.isEmpty }
            let failures = attempts[address] ?? []
            return failures.count >= Self.allowedFailures ? failures.first : nil
        }
        guard let oldest else { return }
        let wait = Int((Self.window - (now - oldest)) / .seconds(1)) + 1
        throw Refusal(.tooManyAttempts, "Too many wrong keys: wait \(wait) seconds.", retryAfter: wait)
    }

    func countFailure(from address: String) { attempts.withLock { $0[address, default: []].append(.now) } }

    /// The cookie lets a browser's own requests in, for videos, pictures and event streams, which cannot carry a key.
    func sessionCookie(isSecure: Bool, lasts: Bool) -> String {
        "\(Self.cookie)=\(lasts ? session : ""); Path=/; HttpOnly; SameSite=Strict; Max-Age=\(lasts ? 31_536_000 : 0)"
            + (isSecure ? "; Secure" : "")
    }
}

/// Lets nobody in who has not the key. It sits on the group of routes that need it, so that no spelling of a path goes past it.
struct KeyCheck: RouterMiddleware {
    let guardian: KeyGuard

    func handle(
        _ request: Request,
        context: ServerContext,
        next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        let isGuess = request.headers[.authorization] != nil
        if guardian.isRequired, isGuess { try guardian.checkAttempts(from: context.address) }
        guard guardian.lets(in: request) else {
            if isGuess { guardian.countFailure(from: context.address) }
            throw Refusal(.unauthorized, "This server needs its key: Authorization: Bearer KEY, or log in on its page.")
        }
        return try await next(request, context)
    }
}

/// Logging in and out.
struct SessionRoutes {
    let guardian: KeyGuard
    let publicURL: Origin?

    var endpoints: Routes {
        Routes()
            .get("session") { request, _ in
                try Response(
                    json: SessionStatus(required: guardian.isRequired, authenticated: guardian.lets(in: request))
                )
            }
            .post("session", use: logIn)
            .delete("session") { _, _ in answer(lasts: false) }
    }

    private func logIn(_ request: Request, context: ServerContext) async throws -> Response {
        let login = try await request.json(Login.self)
        try guardian.checkAttempts(from: context.address)
        guard !guardian.isRequired || guardian.isKey(login.key) else {
            guardian.countFailure(from: context.address)
            throw Refusal(.unauthorized, "That is not the key.")
        }
        return answer(lasts: true)
    }

    private func answer(lasts: Bool) -> Response {
        let cookie = guardian.sessionCookie(isSecure: publicURL?.scheme == "https", lasts: lasts)
        return Response(status: .noContent, headers: [.setCookie: cookie, .cacheControl: "no-store"])
    }

    private struct Login: Decodable { let key: String }
    private struct SessionStatus: Encodable { let required, authenticated: Bool }
}
