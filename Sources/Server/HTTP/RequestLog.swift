import Hummingbird
import Logging
import Metrics

/// Counts and logs each request: its route, not its address, and nothing of what was said.
struct RequestLog: RouterMiddleware {
    let measures: Measures

    func handle(
        _ request: Request,
        context: ServerContext,
        next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        let response = try await next(request, context)
        let elapsed = ContinuousClock.now - start
        let route = context.endpointPath ?? "none"
        measures.count(route: route, method: request.method.rawValue, status: response.status.code, elapsed)
        context.logger.debug(
            "answered",
            metadata: [
                "method": "\(request.method.rawValue)", "route": "\(route)", "status": "\(response.status.code)",
                "seconds": "\(elapsed / .seconds(1))",
            ]
        )
        return response
    }
}
