import ArgumentParser
import Foundation
import GLM
import Generation
import Media

struct Ask: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask a question about videos and pictures.",
        discussion: """
            The model's thoughts and then its answer are printed as they come. Ctrl-C stops at the next token.
            A prompt may have MAX_INPUT_TOKEN_LENGTH (an environment variable, 4096 by default) tokens: frames are made \
            smaller until it fits.
            """
    )

    @Argument(
        help: ArgumentHelp(
            "One or more video or picture files, and the question last.",
            valueName: "file> ... <question"
        )
    )
    var words: [String]

    @OptionGroup(title: "Frames") var frames: FrameOptions
    @OptionGroup(title: "Reply") var reply: SamplingOptions

    @Option(help: "The system message; an empty one leaves it out.")
    var system = "You are a helpful assistant."

    @Option(
        help:
            "f32 is exactly the reference's; q8 and q4 are packed, once, into 8 or 4 bits a weight. auto takes the most exact that fits the memory (which GLIMPSE_MEMORY, as in 6G, lowers), and of large models what is packed already."
    )
    var precision = PrecisionOption.auto

    @OptionGroup var threads: ThreadOption

    @Flag(help: "Print one JSON object when all is done.")
    var json = false

    @Flag(help: "Print the reply as the model wrote it, tags and all.")
    var raw = false

    func validate() throws {
        guard words.count >= 2, let question = words.last, !question.allSatisfy(\.isWhitespace) else {
            throw ValidationError(
                "There should be a video and then a question, as in: glimpse ask clip.mp4 \"What happens?\""
            )
        }
        guard !(json && raw) else { throw ValidationError("--json and --raw exclude each other: give one of them.") }
    }

    func run() async throws {
        try await interruptible { try await ask() }
    }

    private func ask() async throws {
        threads.apply()
        let directory = try ModelFolder.find(frames.model)
        let tokens = try InputLimit.read() + reply.maxNewTokens
        let model = try GLM4V(directory: directory, precision: precision.prepare(directory, tokens: tokens))
        let (start, clock) = (ContinuousClock.now, ContinuousClock())
        let (prompt, draft) = try read(for: model)
        let decoded = clock.now - start

        let printer = ReplyPrinter(json ? .nothing : raw ? .raw : .readable)
        let result = try await printer.print(try Engine(model).reply(to: prompt, options: reply.options))
        if json {
            var report = draft
            report.reply = ReplyReport(result, hasLogprobs: reply.logprobs != nil)
            report.timing = AskReport.TimingReport(decode: decoded, result)
            try Terminal.print(json: report)
        }
        if result.finish == .cancelled { throw ExitCode(ExitStatus.interrupted) }
    }

    /// Decodes the files and puts the question; the frames of the files are gone when this returns.
    private func read(for model: GLM4V) throws -> (Prompt, AskReport) {
        let limit = try InputLimit.read()
        let conversation = Conversation(
            system: system.isEmpty ? nil : system,
            clips: try words.dropLast().map { try frames.decode($0, model.videoProcessor) },
            question: words.last ?? "",
            layout: frames.layout,
            maximumPixels: frames.maxPixels
        )
        let fitted = try conversation.prompt(for: model, limit: limit).settled()
        if fitted.isScaled { Terminal.note(ScalingNote(fitted, limit: limit).text) }
        return (fitted.prompt, AskReport(model, conversation, fitted.prompt))
    }
}
