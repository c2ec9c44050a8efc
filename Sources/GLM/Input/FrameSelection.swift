import Media

/// Which frames of a video a question is about.
package enum FrameSelection: Sendable, Equatable {
    /// What suits the layout: ten evenly spaced frames, or the model's own sampling.
    case standard
    case count(Int)
    /// So many frames a second.
    case rate(Double)
    /// The frames shown at these seconds.
    case times([Double])

    /// How many frames the original app takes.
    private static let standardCount = 10

    func sampling(of info: VideoInfo, _ layout: Layout, _ processor: ProcessorConfiguration) -> FrameSampling {
        switch (self, layout) {
        case (.standard, .video): ownFormat(of: info, processor.framesPerSecond, processor)
        case (.rate(let rate), .video): ownFormat(of: info, rate, processor)
        case (.standard, _): .even(Self.standardCount)
        case (.count(let count), _): .even(count)
        case (.rate(let rate), _): .fps(rate)
        case (.times(let times), _): .times(times)
        }
    }

    private func ownFormat(of info: VideoInfo, _ rate: Double, _ processor: ProcessorConfiguration) -> FrameSampling {
        .indices(info.frames(rate: rate, maximumDuration: processor.maximumDuration))
    }
}

extension Clip {
    /// Opens a video or a picture and decodes the chosen frames. `progress` hears how many are done.
    package init(
        path: String,
        _ selection: FrameSelection,
        _ layout: Layout,
        _ processor: ProcessorConfiguration,
        limits: MediaLimits = .standard,
        isCancelled: () -> Bool = { false },
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(MediaError) {
        let video = try Video(path: path, limits: limits)
        let info = video.info
        let sampling = selection.sampling(of: info, layout, processor)
        var chosen = 0
        let frames = try video.frames(sampling, isCancelled: isCancelled) { done, total in
            chosen = total
            progress(done, total)
        }
        self.init(info: info, frames: frames, lost: max(0, chosen - Set(frames.map(\.index)).count))
    }
}
