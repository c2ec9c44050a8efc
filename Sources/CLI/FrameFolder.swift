import Foundation
import Media

/// The folder that frames are written to.
struct FrameFolder {
    private let url: URL
    private var stem = ""
    private var stems: Set<String> = []

    init(_ path: String) throws {
        url = URL(fileURLWithPath: path, isDirectory: true)
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            throw OutputError.unwritable(path: path)
        }
    }

    /// The frames that come now are of `file`. A second file of the same name gets a number, so that its frames do not
    /// replace those of the first.
    mutating func begin(_ file: String) {
        let name = URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
        let candidates = sequence(first: 1) { $0 + 1 }.lazy.map { $0 == 1 ? name : "\(name)-\($0)" }
        stem = candidates.first { !stems.contains($0) } ?? name
        stems.insert(stem)
    }

    /// Writes a frame under a name that says which it is, all of it or nothing, and returns where.
    func write(_ frame: VideoFrame) throws -> String {
        let number = String(frame.index)
        let padded = String(repeating: "0", count: max(0, 5 - number.count)) + number
        let target = url.appendingPathComponent("\(stem)-\(padded)-\(shortestRepr(frame.time))s.png")
        let png = try frame.image.png()
        do {
            try Data(png).write(to: target, options: .atomic)
        } catch {
            throw OutputError.unwritable(path: target.path)
        }
        return target.path
    }
}
