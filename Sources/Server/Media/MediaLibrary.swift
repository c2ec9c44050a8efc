import Foundation
import History
import Media

/// The videos and pictures that were handed over: a file each, named by us, and a row that says what is in it.
actor MediaLibrary {
    nonisolated let maximumUpload: Int
    nonisolated let limits: UploadLimits
    private let folder: String
    private let store: Store
    private let quota: Int
    private var used: Int
    /// Bytes promised to uploads that are on their way.
    private var reserved = 0
    private var uploads = 0
    private let prober = Worker("prober")

    /// What no conversation uses is kept for so long.
    private static let timeToLive: TimeInterval = 3600

    /// Deletes what an earlier process left behind half done.
    init(_ data: DataFolder, _ store: Store, maximumUpload: Int, limits: UploadLimits) async throws {
        folder = data.path
        self.store = store
        self.maximumUpload = maximumUpload
        self.limits = limits
        quota = maximumUpload.multipliedReportingOverflow(by: 10).overflow ? .max : maximumUpload * 10
        let (ids, bytes) = try await store.allMedia()
        used = bytes
        for kind in ["media", "frames"] {
            let path = data.path + "/" + kind
            for name in try FileManager.default.contentsOfDirectory(atPath: path) where !ids.contains(name) {
                try? FileManager.default.removeItem(atPath: path + "/" + name)
            }
        }
    }

    // MARK: - Files

    nonisolated func path(of id: String) -> String { folder + "/media/" + id }

    nonisolated func framePath(of id: String, index: Int) -> String { folder + "/frames/\(id)/\(index).png" }

    /// The folder of a medium's frames, made if need be.
    nonisolated func frameFolder(of id: String) throws -> String {
        let path = folder + "/frames/" + id
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    /// A medium as the API shows it.
    nonisolated func view(of media: MediaRecord) -> MediaView {
        let hasPoster = FileManager.default.fileExists(atPath: framePath(of: media.id, index: 0))
        return MediaView(media, posterURL: hasPoster ? Self.frameURL(of: media.id, index: 0) : nil)
    }

    static func frameURL(of id: String, index: Int) -> String { "/api/media/\(id)/frames/\(index).png" }

    func media(_ id: String) async throws -> MediaRecord {
        guard Identifier.isValid(id), let media = try await store.media(id) else { throw Refusal.notFound }
        return media
    }

    // MARK: - Uploads

    /// A place for a file to be written to, and the room that was promised to it.
    struct Upload: Sendable {
        let id, path: String
        let limit: Int
    }

    /// Makes room for a file of `length` bytes, or of any length that is allowed where it is not known.
    func begin(length: Int?) throws -> Upload {
        guard length ?? 0 <= maximumUpload else { throw tooLarge }
        guard uploads < limits.together else {
            throw Refusal(.storage, "Too many uploads at once: wait for one to end.", retryAfter: 5)
        }
        let wanted = length ?? maximumUpload
        guard wanted <= quota - used - reserved else {
            throw Refusal(.storageFull, "The server's folder is full: delete some conversations first.")
        }
        if let length { try checkFreeSpace(length) }
        let id = Identifier.random()
        reserved += wanted
        uploads += 1
        return Upload(id: id, path: path(of: id) + ".part", limit: wanted)
    }

    /// Whether the disk still takes so many bytes and leaves some room.
    nonisolated func checkFreeSpace(_ bytes: Int) throws {
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder)
        guard let free = (attributes?[.systemFreeSize] as? NSNumber)?.intValue else { return }
        guard free - limits.spare >= bytes else {
            throw Refusal(.storageFull, "The disk is full: delete some conversations, or make room.")
        }
    }

    nonisolated var tooLarge: Refusal {
        Refusal(.tooLarge, "A file has at most \(maximumUpload) bytes here (--max-upload).")
    }

    /// Looks into a file that has arrived, and keeps it if it is one to ask questions about.
    func finish(_ upload: Upload, name: String, bytes: Int) async throws -> MediaRecord {
        defer { release(upload) }
        do {
            let media = try await prober.run { _ in try Self.probe(upload, name: name, bytes: bytes) }
            try FileManager.default.moveItem(atPath: upload.path, toPath: path(of: upload.id))
            try await store.add(media)
            used += bytes
            return media
        } catch {
            delete(upload.id)
            throw error
        }
    }

    /// Forgets an upload that did not arrive.
    func abandon(_ upload: Upload) {
        release(upload)
        delete(upload.id)
    }

    private func release(_ upload: Upload) {
        reserved -= upload.limit
        uploads -= 1
    }

    private static func probe(_ upload: Upload, name: String, bytes: Int) throws -> MediaRecord {
        do throws(MediaError) {
            let info = try Video(path: upload.path).info
            return MediaRecord(
                id: upload.id,
                name: name,
                kind: info.isPicture ? "picture" : "video",
                mimeType: try mimeType(ofFile: upload.path),
                bytes: bytes,
                duration: info.duration.isFinite ? info.duration : 0,
                fps: info.fps.isFinite ? info.fps : 0,
                width: info.width,
                height: info.height,
                frameCount: info.frameCount,
                createdAt: Date()
            )
        } catch {
            throw Refusal(error, path: upload.path, name: name)
        }
    }

    // MARK: - Deleting

    /// Deletes the files of media whose rows are gone.
    func deleteFiles(of media: [MediaRecord]) {
        removeFiles(of: media)
        used -= media.reduce(0) { $0 + $1.bytes }
    }

    nonisolated func removeFiles(of media: [MediaRecord]) { for medium in media { delete(medium.id) } }

    /// Deletes what no conversation has used for an hour.
    func deleteOrphans(now: Date = Date()) async throws {
        let orphans = try await store.deleteOrphans(before: now.addingTimeInterval(-Self.timeToLive))
        deleteFiles(of: orphans)
    }

    private nonisolated func delete(_ id: String) {
        for path in [path(of: id), path(of: id) + ".part", folder + "/frames/" + id] {
            try? FileManager.default.removeItem(atPath: path)
        }
    }
}

extension Refusal {
    /// The sentence of a file that cannot be read, with the name that its owner knows in the place of ours.
    init(_ error: MediaError, path: String, name: String) {
        let sentence = error.description.replacing(path, with: "“\(name)”")
        switch error {
        case .unknownFormat: self.init(.unsupportedMediaType, sentence)
        case .missing, .unreadable: self.init(.storage, "The file cannot be read at the moment.", retryAfter: 5)
        default: self.init(.unreadableMedia, sentence)
        }
    }
}
