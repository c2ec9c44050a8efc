import ArgumentParser
import Foundation
import GLM
import Media

struct Frames: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show which frames of a video the model would see.",
        discussion: "Prints each frame's number, time and cost, and writes it as PNG where --out says."
    )

    @Argument(help: ArgumentHelp("Video or picture files.", valueName: "file"))
    var files: [String]

    @OptionGroup(title: "Frames") var frames: FrameOptions

    @Option(help: ArgumentHelp("The folder to write the frames to, as <file>-<number>-<time>s.png.", valueName: "dir"))
    var out: String?

    @Flag(help: "Print the list as JSON.")
    var json = false

    func run() async throws {
        try await interruptible { try list() }
    }

    private func list() throws {
        let folder = try out.map(FrameFolder.init)
        let directory = try ModelFolder.find(frames.model)
        let video = try ProcessorConfiguration.video(directory: directory)
        let processor = frames.layout == .video ? video : try ProcessorConfiguration.image(directory: directory)
        let selection = try frames.selection
        var reports: [VideoReport] = []
        for file in files {
            let bar = ProgressBar("Decoding")
            defer { bar.clear() }
            let clip = try Clip(
                path: file,
                selection,
                frames.layout,
                video,
                isCancelled: { Task.isCancelled },
                progress: { bar.show($0, of: $1) }
            )
            bar.clear()
            let report = VideoReport(clip, tokens: tokens(of: clip, processor))
            for frame in clip.frames {
                let path = try folder?.write(frame, of: file)
                if !json { Terminal.print(report.line(for: frame, path: path)) }
            }
            reports.append(report)
        }
        if json { try Terminal.print(json: reports) }
    }

    /// What each frame costs: nothing where the model would refuse it, of which standard error is told.
    private func tokens(of clip: Clip, _ processor: ProcessorConfiguration) -> [Int] {
        do throws(PictureError) {
            return try frames.layout.tokens(of: clip, processor, frames.maxPixels)
        } catch {
            Terminal.note("\(error)")
            return clip.frames.map { _ in 0 }
        }
    }
}

/// The folder that frames are written to.
struct FrameFolder {
    private let url: URL

    init(_ path: String) throws {
        url = URL(fileURLWithPath: path, isDirectory: true)
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            throw OutputError.unwritable(path: path)
        }
    }

    /// Writes a frame under a name that says which it is, all of it or nothing, and returns where.
    func write(_ frame: VideoFrame, of file: String) throws -> String {
        let stem = URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
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

enum OutputError: Error, CustomStringConvertible {
    case unwritable(path: String)

    var description: String {
        switch self {
        case .unwritable(let path): "cannot write \(path): choose a folder that exists or may be made, with room in it"
        }
    }
}
