import ArgumentParser
import GLM

/// Which model, and which frames it shall see: what `ask` and `frames` have in common.
struct FrameOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The folder of a GLM-4.1V checkpoint. Default: the bundled model.", valueName: "dir"))
    var model: String?

    @Option(
        help:
            "Where the frames stand: frames-first, question-first (as in the original app), or video (the model's own format, in pairs of frames)."
    )
    var layout = Layout.framesFirst

    @Option(help: ArgumentHelp("So many evenly spaced frames, first and last included. Default: 10.", valueName: "n"))
    var frames: Int?

    @Option(help: ArgumentHelp("So many frames a second.", valueName: "rate"))
    var fps: Double?

    @Option(help: ArgumentHelp("The frames shown at these seconds, as in 0.5,2,3.75.", valueName: "seconds"))
    var times: String?

    @Option(help: ArgumentHelp("At most so many pixels a frame; fewer are faster.", valueName: "n"))
    var maxPixels: Int?

    static let frameCounts = 1...768
    static let rates = 0.001...240.0
    static let pixels = 1...(1 << 30)

    func validate() throws {
        guard [frames != nil, fps != nil, times != nil].count(where: { $0 }) <= 1 else {
            throw ValidationError("--frames, --fps and --times exclude each other: give one of them.")
        }
        try frames.require("--frames", in: Self.frameCounts)
        try fps.require("--fps", in: Self.rates)
        try maxPixels.require("--max-pixels", in: Self.pixels)
        _ = try selection
    }

    var selection: FrameSelection {
        get throws {
            if let frames { return .count(frames) }
            if let fps { return .rate(fps) }
            guard let times else { return .standard }
            let seconds = times.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) ?? .nan }
            guard seconds.count <= Self.frameCounts.upperBound, seconds.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
                throw ValidationError("--times is \(times): it takes seconds from 0 up, as in 0.5,2,3.75.")
            }
            return .times(seconds)
        }
    }
}

extension Layout: ExpressibleByArgument {}

extension Optional where Wrapped: Comparable {
    /// Refuses a value out of its range, with the range.
    func require(_ option: String, in range: ClosedRange<Wrapped>) throws {
        guard let self, !range.contains(self) else { return }
        throw ValidationError("\(option) is \(self): it goes from \(range.lowerBound) to \(range.upperBound).")
    }
}
