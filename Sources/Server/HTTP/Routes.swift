import HTTPTypes
import Hummingbird

/// A list of routes. The router is made of such lists alone, so that a test can go through every route that there is.
package struct Routes: Sendable {
    typealias Handler = @Sendable (Request, ServerContext) async throws -> Response

    struct Route: Sendable {
        let method: HTTPRequest.Method
        let path: String
        let handler: Handler
    }

    private(set) var all: [Route] = []

    func on(_ path: String, method: HTTPRequest.Method, use handler: @escaping Handler) -> Routes {
        var routes = self
        routes.all.append(Route(method: method, path: path, handler: handler))
        return routes
    }

    /// The same, each below a folder.
    func under(_ folder: String) -> Routes {
        var routes = self
        routes.all = all.map { Route(method: $0.method, path: "\(folder)/\($0.path)", handler: $0.handler) }
        return routes
    }

    static func + (left: Routes, right: Routes) -> Routes {
        var routes = left
        routes.all += right.all
        return routes
    }

    func get(_ path: String, use handler: @escaping Handler) -> Routes { on(path, method: .get, use: handler) }
    func head(_ path: String, use handler: @escaping Handler) -> Routes { on(path, method: .head, use: handler) }
    func post(_ path: String, use handler: @escaping Handler) -> Routes { on(path, method: .post, use: handler) }
    func patch(_ path: String, use handler: @escaping Handler) -> Routes { on(path, method: .patch, use: handler) }
    func delete(_ path: String, use handler: @escaping Handler) -> Routes { on(path, method: .delete, use: handler) }
}

extension RouterMethods where Context == ServerContext {
    func add(_ routes: Routes) {
        for route in routes.all {
            on(RouterPath(route.path), method: route.method) { request, context in
                try await route.handler(request, context)
            }
        }
    }
}
