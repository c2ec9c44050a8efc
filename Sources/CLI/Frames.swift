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

    func validate() throws {
        guard out != "" else { throw ValidationError("--out is empty: name a folder.") }
    }

    func run() async throws {
        try await interruptible { try list() }
    }

    private func list() throws {
        var folder = try out.map(FrameFolder.init)
        let directory = try ModelFolder.find(frames.model)
        let video = try ProcessorConfiguration.video(directory: directory)
        let processor = frames.layout == .video ? video : try ProcessorConfiguration.image(directory: directory)
        var reports: [VideoReport] = []
        for file in files {
            let clip = try frames.decode(file, video)
            let report = VideoReport(clip, tokens: tokens(of: clip, processor))
            folder?.begin(file)
            for (frame, line) in zip(clip.frames, report.frames.map(\.line)) {
                try Task.checkCancellation()
                let path = try folder?.write(frame)
                if !json { try Terminal.print(Terminal.visible(path.map { line + "  " + $0 } ?? line)) }
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
