import HTTPTypes
import Hummingbird

/// What every response tells a browser: load and run nothing but our own files, guess no types, tell nobody where you were.
struct SecurityHeaders: RouterMiddleware {
    func handle(
        _ request: Request,
        context: ServerContext,
        next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        if response.headers[.contentSecurityPolicy] == nil { response.headers[.contentSecurityPolicy] = Self.policy }
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.referrerPolicy] = "no-referrer"
        response.headers[.permissionsPolicy] = "camera=(self), microphone=(self), geolocation=()"
        response.headers[.openerPolicy] = "same-origin"
        response.headers[.resourcePolicy] = "same-origin"
        return response
    }

    private static let policy =
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    /// For files that somebody handed over: whatever is in them, it is no page.
    static let filePolicy = "default-src 'none'; sandbox; frame-ancestors 'none'"
}
