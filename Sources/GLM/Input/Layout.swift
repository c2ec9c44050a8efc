import Media

/// Where the frames stand in a question.
package enum Layout: String, Sendable, CaseIterable {
    /// `Frame 0.0:` image …, then the question: what the frames mean can be computed before the question is known.
    case framesFirst = "frames-first"
    /// The question, then `Frame 0.0:` image …: what the original app does.
    case questionFirst = "question-first"
    /// The model's own video format: pairs of frames and whole seconds, then the question.
    case video

    /// What the user says: the clips and the question about them.
    ///
    /// `processor` is the model's, with its limits counted over both frames of an image or all frames of a video.
    func parts(
        _ clips: [Clip],
        _ question: String,
        _ processor: (_ frames: Int) -> ProcessorConfiguration
    ) throws(PictureError) -> [Part] {
        var media: [Part] = []
        for clip in clips {
            if self == .video {
                media.append(try .video(clip, processor))
                continue
            }
            for (i, frame) in clip.frames.enumerated() {
                media.append(.text("Frame \(shortestRepr(frame.time)):"))
                media.append(.image(try Picture(frame.image, of: 2, processor(2), clip.digests([i]))))
            }
        }
        return self == .questionFirst ? [.text(question)] + media : media + [.text(question)]
    }
}

/// A piece of a message.
package enum Part: Sendable, Equatable {
    case text(String)
    case image(Picture)
    /// Pairs of frames, each with the whole seconds at which it starts.
    case video([TimedPicture])
}

package struct TimedPicture: Sendable, Equatable {
    package let picture: Picture
    package let seconds: Int
}

extension Part {
    /// The model's own video format. All frames are resized together: the limits are for all of them. An odd last frame
    /// makes a pair with itself.
    fileprivate static func video(
        _ clip: Clip,
        _ processor: (_ frames: Int) -> ProcessorConfiguration
    ) throws(PictureError) -> Part {
        let frames = clip.frames
        let count = frames.count + frames.count % 2
        let processor = processor(count)
        var pairs: [TimedPicture] = []
        for i in stride(from: 0, to: frames.count, by: 2) {
            let second = min(i + 1, frames.count - 1)
            let digests = clip.digests([i, second])
            let picture = try Picture(frames[i].image, frames[second].image, of: count, processor, digests)
            pairs.append(TimedPicture(picture: picture, seconds: clip.seconds(of: frames[i])))
        }
        return .video(pairs)
    }
}

extension Layout {
    /// How many pictures a clip becomes.
    func pictures(of clip: Clip) -> Int { self == .video ? (clip.frames.count + 1) / 2 : clip.frames.count }

    /// How many tokens each frame of a clip costs, given what each picture costs: a pair's first frame pays for both.
    package func tokensByFrame(_ pictures: [Int], of clip: Clip) -> [Int] {
        guard self == .video else { return pictures }
        return clip.frames.indices.map { $0 % 2 == 0 && $0 / 2 < pictures.count ? pictures[$0 / 2] : 0 }
    }

    /// How many tokens each frame of a clip would cost, at no more than `maximumPixels` a frame.
    package func tokens(
        of clip: Clip,
        _ processor: ProcessorConfiguration,
        _ maximumPixels: Int?
    ) throws(PictureError) -> [Int] {
        let parts = try parts([clip], "") { processor.limited(to: maximumPixels, frames: $0) }
        return tokensByFrame(parts.flatMap(\.pictures).map(\.grid.tokens), of: clip)
    }
}

extension Part {
    /// The pictures in it, in order.
    var pictures: [Picture] {
        switch self {
        case .text: []
        case .image(let picture): [picture]
        case .video(let pairs): pairs.map(\.picture)
        }
    }
}
