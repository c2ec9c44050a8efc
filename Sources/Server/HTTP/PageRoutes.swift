import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOFoundationEssentialsCompat

/// The page: the files of one folder, read once at start. What is not in the table is not there, so no path can lead out of it.
package struct PageFiles: Sendable {
    private let files: [String: File]

    private struct File: Sendable {
        let content: ByteBuffer
        let mimeType, entityTag: String
    }

    private static let mimeTypes = [
        "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8",
        "svg": "image/svg+xml", "png": "image/png", "ico": "image/x-icon", "json": "application/json",
        "webmanifest": "application/manifest+json", "woff2": "font/woff2", "txt": "text/plain; charset=utf-8",
    ]

    package init(folder: String) throws {
        let root = URL(fileURLWithPath: folder, isDirectory: true).resolvingSymlinksInPath()
        var files: [String: File] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: root.path) {
            let url = root.appendingPathComponent(name)
            guard let mimeType = Self.mimeTypes[url.pathExtension.lowercased()], !name.hasPrefix(".") else { continue }
            let data = try Data(contentsOf: url)
            let tag = SHA256.hash(data: data).prefix(8).map { String($0, radix: 16) }.joined()
            files[name] = File(content: ByteBuffer(data: data), mimeType: mimeType, entityTag: "\"\(tag)\"")
        }
        guard let index = files["index.html"] else { throw PageError.missing(folder: folder) }
        files[""] = index
        self.files = files
    }

    var endpoints: Routes {
        files.keys.sorted().reduce(Routes()) { routes, name in
            routes.get(name) { request, _ in answer(name, to: request) }
                .head(name) { request, _ in answer(name, to: request) }
        }
    }

    private func answer(_ name: String, to request: Request) -> Response {
        guard let file = files[name] else { return Response(status: .notFound) }
        var headers: HTTPFields = [.contentType: file.mimeType, .eTag: file.entityTag, .cacheControl: "no-cache"]
        guard request.headers[.ifNoneMatch] != file.entityTag else {
            return Response(status: .notModified, headers: headers)
        }
        guard request.method != .head else {
            headers[.contentLength] = "\(file.content.readableBytes)"
            return Response(status: .ok, headers: headers)
        }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: file.content))
    }
}

package enum PageError: Error, Equatable, CustomStringConvertible {
    case missing(folder: String)

    package var description: String {
        switch self {
        case .missing(let folder): "there is no page in \(folder): install Glimpse again, or set GLIMPSE_HOME"
        }
    }
}
