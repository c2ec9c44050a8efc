/// A video or picture file, opened and listed, of which frames can be taken.
///
///     file ─ first bytes ─ one demuxer ─ list of packets ─ chosen frames ─ upright RGB with times
///
/// Opening decodes at most the few frames that tell sizes and rates; `frames` decodes from the key frame before each
/// chosen frame. Times come from the file's presentation times, so variable rates and late starts are right.
package struct Video: ~Copyable {
    package let info: VideoInfo
    private let path: String
    private let limits: MediaLimits
    private let content: Content

    private enum Content {
        case picture(RGBImage)
        case video(FFmpegFile, Container, Scan)
    }

    package init(path: String, limits: MediaLimits = .standard) throws(MediaError) {
        self.path = path
        self.limits = limits
        let file = try FFmpegFile(path: path)
        guard let container = Container(head: try file.head(Container.headLength)) else {
            throw .unknownFormat(path: path)
        }
        guard container.demuxer != nil else {
            let image = try RGBImage(picture: file, container, limits)
            content = .picture(image)
            info = VideoInfo(
                duration: 0,
                fps: 0,
                frameCount: 1,
                width: image.width,
                height: image.height,
                isPicture: true
            )
            return
        }
        let scan = try FFmpegInput(file, container, limits, probes: true).scan(container)
        content = .video(file, container, scan)
        let timeline = scan.timeline
        let isPicture = container == .gif && timeline.count == 1
        let isTurned = scan.orientation.isTurned
        info = VideoInfo(
            duration: isPicture ? 0 : timeline.duration,
            fps: isPicture ? 0 : timeline.rate,
            frameCount: timeline.count,
            width: isTurned ? scan.height : scan.width,
            height: isTurned ? scan.width : scan.height,
            isPicture: isPicture
        )
    }

    /// Decodes the chosen frames, in the order asked for.
    ///
    /// Frames that are damaged beyond decoding are left out; it is an error when none is left. Both closures are
    /// called on the caller's thread.
    package borrowing func frames(
        _ sampling: FrameSampling,
        isCancelled: () -> Bool = { false },
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(MediaError) -> [VideoFrame] {
        switch content {
        case .picture(let image):
            let timeline = Timeline.picture
            let indices = try sampling.indices(in: timeline, path: path, limits: limits)
            progress(1, 1)
            return indices.map { VideoFrame(index: $0, time: 0, image: image) }
        case .video(let file, let container, let scan):
            let timeline = scan.timeline
            let indices = try sampling.indices(in: timeline, path: path, limits: limits)
            let total = Set(indices).count
            progress(0, total)
            let images = try FrameDecoding(
                file: file,
                container: container,
                limits: limits,
                scan: scan,
                runs: timeline.runs(for: indices),
                cores: FFmpegInput.cores
            ).images(isCancelled: isCancelled) { progress($0, total) }
            let frames = indices.compactMap { index in
                images[timeline.packet(of: index)].map {
                    VideoFrame(index: index, time: timeline.time(of: index), image: $0)
                }
            }
            guard !frames.isEmpty else { throw .noFrames(path: path) }
            return frames
        }
    }
}
