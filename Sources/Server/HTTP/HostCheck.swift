import HTTPTypes
import Hummingbird

/// Lets in only those who call this server by a name that is its own.
///
/// A page of another site can have its own name resolved to 127.0.0.1 (DNS rebinding) and is then, to the browser, of the same
/// origin as we are; but its requests still carry its name.
struct HostCheck: RouterMiddleware {
    private let names: Set<String>

    /// `host` is what the server listens on; `publicURL` is how browsers reach it through a proxy.
    init(host: String, publicURL: Origin?, addresses: [String]) {
        let isEverywhere = host == "0.0.0.0" || host == "::"
        names = Set(
            (["localhost", "127.0.0.1", "::1", host.lowercased()] + (isEverywhere ? addresses : []))
                + [publicURL?.host].compactMap { $0 }
        )
    }

    func handle(
        _ request: Request,
        context: ServerContext,
        next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        // The first Host is the authority: a second one could mean another server to a proxy.
        guard request.headers[values: .host].isEmpty, let authority = request.head.authority,
            let host = Origin.host(of: authority), names.contains(host)
        else {
            throw Refusal(
                .unknownHost,
                "This server does not go by that name: open it by its address, or start it with --public-url."
            )
        }
        return try await next(request, context)
    }
}

/// Lets nothing be changed, and nothing of the API be read, at another site's wish.
struct OriginCheck: RouterMiddleware {
    let publicURL: Origin?

    func handle(
        _ request: Request,
        context: ServerContext,
        next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        let site = request.headers[.fetchSite]
        guard site == nil || site == "same-origin" || site == "none" else { throw Self.refusal }
        let origins = request.headers[values: .origin]
        if !origins.isEmpty {
            guard origins.count == 1, let origin = Origin(origins[0]) else { throw Self.refusal }
            guard origin == publicURL || origin.authority == request.head.authority?.lowercased() else {
                throw Self.refusal
            }
        }
        return try await next(request, context)
    }

    private static let refusal = Refusal(.crossOrigin, "Only this server's own page may do that.")
}

/// `scheme://host:port`, in lower case.
package struct Origin: Sendable, Equatable {
    let scheme, host, authority: String

    /// Reads an origin as browsers write it; a path, a user or anything else makes it none.
    package init?(_ text: String) {
        let parts = text.lowercased().split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == "http" || parts[0] == "https" else { return nil }
        guard let host = Self.host(of: String(parts[1])) else { return nil }
        scheme = String(parts[0])
        authority = String(parts[1])
        self.host = host
    }

    /// The name or address before the port, if there is nothing else: letters, digits, dots and hyphens, or IPv6 in brackets.
    static func host(of authority: String) -> String? {
        let authority = authority.lowercased()
        let host: Substring, rest: Substring
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<end]
            rest = authority[authority.index(after: end)...]
            guard !host.isEmpty, host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else { return nil }
        } else {
            host = authority.prefix { $0 != ":" }
            rest = authority[host.endIndex...]
            let allowed = { (c: Character) in
                c.isASCII && (c.isLetter || c.isNumber || c == "." || c == "-" || c == "_")
            }
            guard !host.isEmpty, host.allSatisfy(allowed) else { return nil }
        }
        guard rest.isEmpty || rest.first == ":" && UInt16(rest.dropFirst()) != nil else { return nil }
        return String(host)
    }
}
