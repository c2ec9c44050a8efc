import HTTPTypes
import Hummingbird
import Synchronization

/// Whether the server is shutting down.
final class StopFlag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() { value.store(true, ordering: .relaxed) }
}

/// Lets nothing new begin once the server shuts down; what is there may still be read.
struct StoppingCheck: RouterMiddleware {
    let flag: StopFlag

    func handle(
        _ request: Request,
        context: ServerContext,
        next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        guard !flag.isSet || request.method == .get || request.method == .head else { throw Refusal.stopping }
        return try await next(request, context)
    }
}
