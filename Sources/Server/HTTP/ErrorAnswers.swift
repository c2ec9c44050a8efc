import Foundation
import GRDB
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1

/// Turns whatever was thrown into an answer from the catalogue. What a library says goes to the log alone.
struct ErrorAnswers: RouterMiddleware {
    func handle(
        _ request: Request,
        context: ServerContext,
        next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch {
            let refusal = Refusal(error)
            if refusal.code == .internalError || refusal.code == .storage {
                context.logger.error("failed", metadata: ["error": "\(visible("\(error)"))"])
            }
            response = try refusal.response(id: context.id)
            if request.hasUnreadBody {
                response.headers[.connection] = "close"
                context.closeSoon()
            }
        }
        response.headers[.requestID] = context.id
        return response
    }
}

extension Refusal {
    init(_ error: any Error) {
        switch error {
        case let refusal as Refusal:
            self = refusal
        case let error as HTTPError where error.status == .notFound:
            self = .notFound
        case let error as HTTPError where error.status == .contentTooLarge:
            self.init(.tooLarge, "The request is too large.")
        case let error as HTTPError where error.status.kind == .clientError:
            self.init(.badRequest, "The request cannot be understood.")
        case is HTTPParserError, is CancellationError, is ChannelError, is IOError:
            self.init(.badRequest, "The request broke off, or is no HTTP.")
        case let error as DatabaseError where error.resultCode == .SQLITE_FULL:
            self.init(.storageFull, "The disk is full: delete some conversations, or make room.")
        case is DatabaseError:
            self.init(.storage, "The history cannot be read or written at the moment.", retryAfter: 5)
        default:
            self.init(.internalError, "Something went wrong in the server; its log says what, under this request's id.")
        }
    }

    func response(id: String) throws -> Response {
        var headers: HTTPFields = [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"]
        if let retryAfter { headers[.retryAfter] = "\(retryAfter)" }
        if let contentRange { headers[.contentRange] = contentRange }
        if code == .unauthorized { headers[.wwwAuthenticate] = "Bearer" }
        let body = ErrorBody(error: .init(code: code.rawValue, message: message, requestId: id))
        return Response(status: code.status, headers: headers, body: .init(byteBuffer: try JSON.encode(body)))
    }
}

struct ErrorBody: Codable, Equatable {
    struct Content: Codable, Equatable {
        let code, message, requestId: String
    }
    let error: Content
}

extension Request {
    /// Whether a body comes, or may come, that no route has asked for.
    var hasUnreadBody: Bool {
        headers[.transferEncoding] != nil || (headers[.contentLength].flatMap { Int($0) } ?? 0) > 0
    }
}

/// The text with control characters spelled out, for the log: what a client sent must not look like another line.
func visible(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { shown, scalar in
        shown += scalar.properties.generalCategory == .control ? scalar.escaped(asASCII: true) : String(scalar)
    }
}
