import GLM
import Generation
import Media

/// What `glimpse ask --json` prints. All but the end is written down before the model answers, so that the frames need
/// not be kept for it.
struct AskReport: Encodable {
    let model: String
    let layout: String
    let videos: [VideoReport]
    let prompt: PromptReport
    var reply: ReplyReport?
    var timing: TimingReport?

    struct PromptReport: Encodable {
        let text: String
        let tokens: [Int]
    }

    /// Seconds.
    struct TimingReport: Encodable {
        let decode, vision, prefill, generate: Double

        init(decode: Duration, _ reply: Reply) {
            self.decode = decode / .seconds(1)
            vision = reply.reading.vision / .seconds(1)
            prefill = reply.reading.prefill / .seconds(1)
            generate = reply.generate / .seconds(1)
        }
    }

    init(_ model: GLM4V, _ conversation: Conversation, _ prompt: Prompt) {
        self.model = model.name
        layout = conversation.layout.rawValue
        let tokens = conversation.tokensByFrame(prompt.pictures.map(\.grid.tokens))
        videos = zip(conversation.clips, tokens).map { VideoReport($0, tokens: $1) }
        self.prompt = PromptReport(text: prompt.text, tokens: prompt.tokens)
    }
}

/// A video and the frames that were taken of it. Times are seconds, sizes those of the file.
struct VideoReport: Encodable {
    let duration, fps: Double
    let frames: [FrameReport]

    struct FrameReport: Encodable {
        let index: Int
        let time: Double
        let width, height: Int
        /// How many tokens it costs. In the model's own video format a pair costs as much as one frame: its first pays.
        let tokens: Int

        /// For people: `frame 33  1.1s  640x360  299 tokens`.
        var line: String { "frame \(index)  \(shortestRepr(time))s  \(width)x\(height)  \(tokens) tokens" }
    }

    init(_ clip: Clip, tokens: [Int]) {
        duration = clip.info.duration
        fps = clip.info.fps
        frames = zip(clip.frames, tokens).map { frame, tokens in
            FrameReport(
                index: frame.index,
                time: frame.time,
                width: frame.image.width,
                height: frame.image.height,
                tokens: tokens
            )
        }
    }
}

struct ReplyReport: Encodable {
    let raw, thought, answer: String
    let tokens: [Int]
    let finish: String
    let logprobs: [TokenReport]?

    struct TokenReport: Encodable {
        let token: Int
        let logprob: Float
        let top: [Choice]
    }

    /// Encoded as `[id, logprob]`.
    struct Choice: Encodable {
        let token: Int
        let logprob: Float

        func encode(to encoder: any Encoder) throws {
            var list = encoder.unkeyedContainer()
            try list.encode(token)
            try list.encode(logprob)
        }
    }

    init(_ reply: Reply, hasLogprobs: Bool) {
        raw = reply.raw
        thought = reply.thought
        answer = reply.answer
        tokens = reply.tokens.map(\.id)
        finish = reply.finish.rawValue
        let reports = reply.tokens.compactMap { token in
            token.logprobs.map { logprobs in
                TokenReport(
                    token: token.id,
                    logprob: logprobs.logprob,
                    top: logprobs.top.map { Choice(token: $0.token, logprob: $0.logprob) }
                )
            }
        }
        logprobs = hasLogprobs ? reports : nil
    }
}
