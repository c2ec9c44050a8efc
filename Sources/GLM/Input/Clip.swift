import Media

/// The frames of one video, or of one picture, that a question is about.
package struct Clip: Sendable, Equatable {
    package let info: VideoInfo
    package let frames: [VideoFrame]
    /// How many of the chosen frames are missing, because the file is damaged there.
    package let lost: Int
    /// What tells each frame from every other; none until it is ``identified()``.
    private var digests: [Digest] = []

    package init(info: VideoInfo, frames: [VideoFrame], lost: Int = 0) {
        self.info = info
        self.frames = frames
        self.lost = lost
    }

    /// The same, with what tells its frames from all others: what is computed for a frame is kept for the next question only
    /// where it can be found again. The same frames of the same file are the same, whenever they are decoded.
    package func identified() throws(MediaError) -> Clip {
        var clip = self
        clip.digests = []
        for frame in frames { clip.digests.append(try Digest(of: frame.image)) }
        return clip
    }

    /// The digests of some frames, where they are known.
    func digests(_ indices: [Int]) -> [Digest]? { digests.isEmpty ? nil : indices.map { digests[$0] } }

    /// The whole seconds of a frame, as the model's own video format writes them.
    ///
    /// At a constant rate index / rate decides, as in the reference; the rounded time alone could be a second late.
    func seconds(of frame: VideoFrame) -> Int {
        let constant = info.fps > 0 ? Double(frame.index) / info.fps : frame.time
        let time = abs(constant - frame.time) < 0.01 ? constant : frame.time
        return Int(exactly: time.rounded(.towardZero)) ?? 0
    }
}

extension VideoInfo {
    /// The frames that the model's own video format takes: `rate` a second, thinned out where the video is longer than
    /// `maximumDuration` seconds.
    ///
    /// Reference: `Glm4vVideoProcessor.sample_frames`, transformers `video_processing_glm4v.py`.
    package func frames(rate: Double, maximumDuration: Double) -> [Int] {
        guard frameCount > 1, fps > 0, rate > 0 else { return [0] }
        let (last, duration) = (frameCount - 1, Double(frameCount) / fps)
        func frame(_ place: Double) -> Int { place < Double(last) ? max(0, Int(place.rounded(.up))) : last }

        var indices: [Int] = []
        if duration <= maximumDuration {
            let count = max(1, Int(duration * rate))
            for i in 0..<count {
                indices.append(frame(Double(i) * fps / rate))
                if indices.last == last { break }
            }
        } else {
            let count = Int(min(maximumDuration * rate, Double(frameCount)))
            if count >= frameCount {
                indices = Array(0...last)
            } else {
                let step = duration / Double(max(1, count - 1))
                for i in 0..<count { indices.append(frame(Double(i) * step * fps)) }
            }
        }
        return indices.uniqued()
    }
}

extension [Int] {
    /// Without what came before; the list ascends.
    fileprivate func uniqued() -> [Int] { enumerated().filter { $0 == 0 || self[$0 - 1] != $1 }.map(\.element) }
}
