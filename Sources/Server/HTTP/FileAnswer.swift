import HTTPTypes
import Hummingbird
import NIOCore
import _NIOFileSystem

/// A file that was handed over or made here, sent as it is, whole or in part. It never changes under its address, but it may
/// be deleted: a browser asks each time.
struct FileAnswer {
    let path: String
    let mimeType: String
    let entityTag: String

    private static let chunk = 64 << 10

    func response(to request: Request) async throws -> Response {
        guard let info = try await FileSystem.shared.info(forFileAt: FilePath(path)), info.type == .regular,
            let size = Int(exactly: info.size)
        else { throw Refusal.notFound }

        var headers: HTTPFields = [
            .contentType: mimeType,
            .acceptRanges: "bytes",
            .eTag: "\"\(entityTag)\"",
            .cacheControl: "private, no-cache",
            .contentSecurityPolicy: SecurityHeaders.filePolicy,
        ]
        if request.headers[.ifNoneMatch] == "\"\(entityTag)\"" {
            return Response(status: .notModified, headers: headers)
        }

        let isSame = request.headers[.ifRange].map { $0 == "\"\(entityTag)\"" } ?? true
        let part: Range<Int>
        switch ByteRange(header: isSame ? request.headers[.range] : nil, size: size) {
        case .notSatisfiable:
            throw Refusal(
                .rangeNotSatisfiable,
                "The file has \(size) bytes.",
                contentRange: "bytes */\(size)"
            )
        case .whole:
            part = 0..<size
        case .part(let range):
            part = range
            headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
        }
        let status: HTTPResponse.Status = headers[.contentRange] == nil ? .ok : .partialContent
        guard request.method != .head else {
            headers[.contentLength] = "\(part.count)"
            return Response(status: status, headers: headers)
        }
        return Response(status: status, headers: headers, body: body(part))
    }

    private func body(_ part: Range<Int>) -> ResponseBody {
        ResponseBody(contentLength: part.count) { [path] writer in
            try await FileSystem.shared.withFileHandle(forReadingAt: FilePath(path)) { file in
                var start = part.lowerBound
                while start < part.upperBound {
                    let length = min(Self.chunk, part.upperBound - start)
                    let buffer = try await file.readChunk(
                        fromAbsoluteOffset: Int64(start),
                        length: .bytes(Int64(length))
                    )
                    guard buffer.readableBytes > 0 else { throw FileAnswerError.cut }
                    start += buffer.readableBytes
                    try await writer.write(buffer)
                }
            }
            try await writer.finish(nil)
        }
    }
}

/// What ends a file's body before its length: the file was deleted, or cut, while it was being sent.
enum FileAnswerError: Error { case cut }
