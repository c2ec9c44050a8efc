import Foundation
import HTTPTypes
import History
import Hummingbird
import NIOCore
import _NIOFileSystem

/// Uploads, and the way back: what was uploaded, and the frames that were taken of it.
struct MediaRoutes {
    let library: MediaLibrary
    let samples: Samples

    private static let maximumName = 255

    var endpoints: Routes {
        Routes()
            .post("media") { request, _ in try await upload(request) }
            .get("media/:id") { _, context in
                try Response(json: library.view(of: try await library.media(context.id(of: "id"))))
            }
            .get("media/:id/content") { request, context in try await content(request, context) }
            .head("media/:id/content") { request, context in try await content(request, context) }
            .get("media/:id/frames/:file") { request, context in try await frame(request, context) }
            .get("samples") { _, _ in try Response(json: samples.list) }
            .get("samples/:name/content") { request, context in try await sample(request, context) }
            .head("samples/:name/content") { request, context in try await sample(request, context) }
            .post("samples/:name") { _, context in try await take(context) }
    }

    // MARK: - Uploads

    private func upload(_ request: Request) async throws -> Response {
        guard request.headers[.contentEncoding] == nil else {
            throw Refusal(.unsupportedMediaType, "Send the file as it is, not compressed.")
        }
        let type = (request.headers[.contentType] ?? "").lowercased()
        guard !["application/json", "multipart/", "application/x-www-form-urlencoded"].contains(where: type.hasPrefix)
        else {
            throw Refusal(.unsupportedMediaType, "Send the file itself as the body, not a form.")
        }
        let name = try Self.name(request.headers[.fileName])
        let length: Int? = try request.headers[.contentLength].map { text in
            guard let length = Int(text), length >= 0 else { throw library.tooLarge }
            return length
        }
        guard length != nil || request.headers[.transferEncoding] != nil else {
            throw Refusal(.lengthRequired, "Send a file as the body.")
        }
        let upload = try await library.begin(length: length)
        let bytes: Int
        do {
            bytes = try await receive(request.body, upload, expected: length)
        } catch {
            await library.abandon(upload)
            throw Self.isDiskFull(error)
                ? Refusal(.storageFull, "The disk is full: delete some conversations, or make room.") : error
        }
        let media = try await library.finish(upload, name: name, bytes: bytes)
        return try Response(status: .created, json: library.view(of: media))
    }

    /// Writes the body to its file as it arrives, counting.
    private func receive(_ body: RequestBody, _ upload: MediaLibrary.Upload, expected: Int?) async throws -> Int {
        try await FileSystem.shared.withFileHandle(
            forWritingAt: FilePath(upload.path),
            options: .newFile(replaceExisting: false, permissions: [.ownerReadWrite])
        ) { file in
            let (start, limits) = (ContinuousClock.now, library.limits)
            var (bytes, checked) = (0, 0)
            for try await buffer in body {
                guard buffer.readableBytes <= upload.limit - bytes else { throw library.tooLarge }
                try await file.write(contentsOf: buffer, toAbsoluteOffset: Int64(bytes))
                bytes += buffer.readableBytes
                if bytes - checked > 16 << 20 {
                    try library.checkFreeSpace(0)
                    checked = bytes
                }
                let elapsed = ContinuousClock.now - start - limits.grace
                guard elapsed < .zero || Double(bytes) >= Double(limits.leastRate) * (elapsed / .seconds(1)) else {
                    throw Refusal(.badRequest, "The file comes too slowly: at least 32 kB a second.")
                }
            }
            if let expected, bytes != expected {
                throw Refusal(.badRequest, "\(bytes) of \(expected) bytes arrived: send the file again.")
            }
            return bytes
        }
    }

    private static func isDiskFull(_ error: any Error) -> Bool {
        (error as? FileSystemError)?.code == .resourceExhausted || "\(error)".contains("No space left")
    }

    /// The name to show: percent-encoded UTF-8, without control characters, not too long.
    static func name(_ header: String?) throws -> String {
        guard let header, !header.isEmpty else { return "video" }
        guard let name = header.removingPercentEncoding, name.utf8.count <= maximumName else {
            throw Refusal(.badRequest, "x-file-name should be percent-encoded UTF-8 of at most \(maximumName) bytes.")
        }
        let shown = name.withoutHiddenCharacters
        return shown.isEmpty ? "video" : shown
    }

    // MARK: - Files

    private func content(_ request: Request, _ context: ServerContext) async throws -> Response {
        let media = try await library.media(context.id(of: "id"))
        return try await FileAnswer(path: library.path(of: media.id), mimeType: media.mimeType, entityTag: media.id)
            .response(to: request)
    }

    private func frame(_ request: Request, _ context: ServerContext) async throws -> Response {
        let file = try context.parameters.require("file")
        guard file.hasSuffix(".png"), let index = Int(file.dropLast(4)), index >= 0, "\(index).png" == file else {
            throw Refusal.notFound
        }
        let media = try await library.media(context.id(of: "id"))
        return try await FileAnswer(
            path: library.framePath(of: media.id, index: index),
            mimeType: "image/png",
            entityTag: "\(media.id)-\(index)"
        ).response(to: request)
    }

    private func sample(_ request: Request, _ context: ServerContext) async throws -> Response {
        let sample = try samples.find(context.parameters.require("name"))
        return try await FileAnswer(path: sample.path, mimeType: "video/mp4", entityTag: sample.name)
            .response(to: request)
    }

    /// Takes a sample as if it had been uploaded.
    private func take(_ context: ServerContext) async throws -> Response {
        let sample = try samples.find(context.parameters.require("name"))
        let data = try Data(contentsOf: URL(fileURLWithPath: sample.path))
        let upload = try await library.begin(length: data.count)
        do {
            try data.write(to: URL(fileURLWithPath: upload.path))
        } catch {
            await library.abandon(upload)
            throw error
        }
        let media = try await library.finish(upload, name: sample.name, bytes: data.count)
        return try Response(status: .created, json: library.view(of: media))
    }
}

extension ServerContext {
    /// An id in the path; what is none of ours is not there.
    func id(of parameter: String) throws -> String {
        let id = try parameters.require(parameter)
        guard Identifier.isValid(id) else { throw Refusal.notFound }
        return id
    }
}

extension String {
    /// Without control characters, and without those that turn the direction of a line or are not seen.
    var withoutHiddenCharacters: String {
        let hidden: Set<Unicode.GeneralCategory> = [.control, .format, .lineSeparator, .paragraphSeparator]
        let joiners: Set<Unicode.Scalar> = ["\u{200C}", "\u{200D}"]  // emoji and some scripts are written with them
        let shown = unicodeScalars.filter { joiners.contains($0) || !hidden.contains($0.properties.generalCategory) }
        return String(UnicodeScalarView(shown))
    }
}
