import Foundation
import GLM
import History
import Media

/// Decoded frames, kept for a while: a follow-up needs them again. Whatever is taken is also written as pictures for the page.
actor ClipStore {
    private struct Entry {
        let key: Key
        let clip: Clip
    }

    struct Key: Equatable, Sendable {
        let media: String
        let selection: FrameSelection
        let layout: Layout
    }

    private let library: MediaLibrary
    private let worker = Worker("frames")
    /// The one used last is last.
    private var entries: [Entry] = []

    private static let budget = 1 << 30
    private static let longerSide = 640
    /// Room that pictures of frames may need, and how many of one medium are kept for the boxes of old replies.
    private static let pictureBytes = 64 << 20
    private static let mostPictures = 2000

    init(_ library: MediaLibrary) { self.library = library }

    /// The frames that these settings choose of a medium. `progress` hears how many are decoded.
    func clip(
        of media: MediaRecord,
        _ settings: Settings,
        _ loaded: LoadedModel,
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void
    ) async throws -> Clip {
        let key = Key(media: media.id, selection: settings.selection, layout: settings.layout)
        if let index = entries.firstIndex(where: { $0.key == key }) {
            let entry = entries.remove(at: index)
            entries.append(entry)
            return entry.clip
        }
        try library.checkFreeSpace(Self.pictureBytes)
        let (path, folder) = (library.path(of: media.id), try library.frameFolder(of: media.id))
        let clip = try await worker.run { isCancelled in
            do {
                let clip = try Clip(
                    path: path,
                    key.selection,
                    key.layout,
                    loaded.model.videoProcessor,
                    limits: Self.limits,
                    isCancelled: isCancelled,
                    progress: progress
                ).identified()
                try Self.makeRoom(for: clip, in: folder)
                for frame in clip.frames {
                    if isCancelled() { throw CancellationError() }
                    try Self.write(frame, to: folder)
                }
                return clip
            } catch MediaError.cancelled {
                throw CancellationError()
            } catch let error as MediaError {
                throw Refusal(error, path: path, name: media.name)
            } catch {
                throw isCancelled() ? CancellationError() : error  // deleted meanwhile, its folder may be gone
            }
        }
        keep(Entry(key: key, clip: clip))
        return clip
    }

    func forget(_ media: [MediaRecord]) {
        entries.removeAll { entry in media.contains { $0.id == entry.key.media } }
    }

    private func keep(_ entry: Entry) {
        entries.removeAll { $0.key == entry.key }
        entries.append(entry)
        var bytes = entries.reduce(0) { $0 + $1.clip.bytes }
        while bytes > Self.budget, entries.count > 1 { bytes -= entries.removeFirst().clip.bytes }
    }

    private static var limits: MediaLimits {
        var limits = MediaLimits.standard
        limits.bytes = budget
        return limits
    }

    /// Other samplings of the same medium left their pictures; where they are too many, all but the first and those of the
    /// clip go.
    private static func makeRoom(for clip: Clip, in folder: String) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        guard names.count + clip.frames.count > mostPictures else { return }
        let wanted = Set(clip.frames.map { "\($0.index).png" } + ["0.png"])
        for name in names where !wanted.contains(name) {
            try FileManager.default.removeItem(atPath: folder + "/" + name)
        }
    }

    /// A frame for the page: no larger than it is shown, and written once.
    private static func write(_ frame: VideoFrame, to folder: String) throws {
        let path = "\(folder)/\(frame.index).png"
        guard !FileManager.default.fileExists(atPath: path) else { return }
        let (image, longer) = (frame.image, max(frame.image.width, frame.image.height))
        let scale = Double(min(longer, longerSide)) / Double(longer)
        let shown =
            scale == 1
            ? image
            : image.resized(
                width: max(1, Int(Double(image.width) * scale)),
                height: max(1, Int(Double(image.height) * scale))
            )
        try Data(try shown.png()).write(to: URL(fileURLWithPath: path), options: .atomic)
    }
}

extension Clip {
    fileprivate var bytes: Int { frames.reduce(0) { $0 + $1.image.pixels.count } }
}
