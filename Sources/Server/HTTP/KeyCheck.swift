import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import Synchronization

/// The one key that opens the server, if it has one.
final class KeyGuard: Sendable {
    private let digest: SHA256.Digest?
    private let session: String
    private let guesses = Mutex(Guesses())

    private static let cookie = "glimpse_session"

    init(key: String?) {
        digest = key.map(Self.digest)
        session =
            key.map { key in
                HMAC<SHA256>.authenticationCode(for: Data("session".utf8), using: SymmetricKey(data: Data(key.utf8)))
                    .map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
            } ?? ""
    }

    var isRequired: Bool { digest != nil }

    /// Whether a request has the key, or the cookie that the key was exchanged for. A wrong one is a guess, the cookie too:
    /// whoever guesses a key can compute its cookie.
    func lets(in request: Request, from address: String) throws -> Bool {
        guard isRequired else { return true }
        let authorizations = request.headers[values: .authorization]
        if !authorizations.isEmpty {
            let digest = Self.digest(of: "authorization: " + authorizations.joined(separator: ", "))
            return try judge(isKey(authorizations), digest, from: address)
        }
        guard let value = request.cookies[Self.cookie]?.value else { return false }
        return try judge(
            Self.digest(of: value) == Self.digest(of: session),
            Self.digest(of: "cookie: " + value),
            from: address
        )
    }

    /// Whether somebody logs in with the key. A wrong one counts each time: people type it, nothing repeats it.
    func takes(_ key: String, from address: String) throws -> Bool {
        guard isRequired else { return true }
        return try judge(isKey(key), nil, from: address)
    }

    private func isKey(_ authorizations: [String]) -> Bool {
        guard authorizations.count == 1, authorizations[0].lowercased().hasPrefix("bearer ") else { return false }
        return isKey(String(authorizations[0].dropFirst("bearer ".count)))
    }

    /// Hashes before it compares, and the digests compare in constant time: how long this takes says nothing about the key.
    private func isKey(_ text: String) -> Bool { Self.digest(of: text) == digest }

    private static func digest(of text: String) -> SHA256.Digest { SHA256.hash(data: Data(text.utf8)) }

    /// Counts what is wrong, and refuses an address that has guessed too often of late, even with what is right: were that let
    /// in, guessing would not be slowed.
    private func judge(_ isRight: Bool, _ digest: SHA256.Digest?, from address: String) throws -> Bool {
        let now = ContinuousClock.now
        let wait = guesses.withLock { guesses -> Duration? in
            if let wait = guesses.wait(of: address, now: now) { return wait }
            if !isRight { guesses.add(digest, from: address, at: now) }
            return nil
        }
        guard let wait else { return isRight }
        let seconds = Int(wait / .seconds(1)) + 1
        throw Refusal(.tooManyAttempts, "Too many wrong keys: wait \(seconds) seconds.", retryAfter: seconds)
    }

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
        guard try guardian.lets(in: request, from: context.address) else {
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
            .get("session") { request, context in
                let isIn = try guardian.lets(in: request, from: context.address)
                return try Response(json: SessionStatus(required: guardian.isRequired, authenticated: isIn))
            }
            .post("session", use: logIn)
            .delete("session") { _, _ in answer(lasts: false) }
    }

    private func logIn(_ request: Request, context: ServerContext) async throws -> Response {
        let login = try await request.json(Login.self)
        guard try guardian.takes(login.key, from: context.address) else {
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
