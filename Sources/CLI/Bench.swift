import ArgumentParser
import GLM
import Tensors
import Weights

struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure how fast a model runs here, against what the machine can do.",
        discussion: """
            Looks at pictures of 640x360, reads pieces of 264 tokens and writes tokens after contexts of growing length, one \
            reply alone and several at once, on all threads. Other programs disturb it.
            """
    )

    @Option(help: ArgumentHelp("The folder of a GLM-4.1V checkpoint. Default: the bundled model.", valueName: "dir"))
    var model: String?

    /// More than the tokens that are measured after a context.
    private static let margin = 512

    @Option(help: "As in ask: auto, f32, q8 or q4.")
    var precision = PrecisionOption.auto

    @Option(help: ArgumentHelp("How many pictures to look at, 1 to 100.", valueName: "n"))
    var frames = 1

    @Option(help: ArgumentHelp("How many tokens stand before those that are measured.", valueName: "n,n,…"))
    var contexts = "0,1024,4096"

    @Option(help: ArgumentHelp("How many replies are written at once, besides one, 2 to 64 each.", valueName: "n,n,…"))
    var together = "2,4,8"

    @OptionGroup var threads: ThreadOption

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        try Optional(frames).require("--frames", in: 1...100)
        _ = try (lengths, batches)
    }

    private var lengths: [Int] {
        get throws { try numbers("--contexts", contexts, in: 0...1_000_000, "numbers of tokens, as in 0,1024,4096") }
    }

    private var batches: [Int] {
        get throws { try numbers("--together", together, in: 2...64, "numbers from 2 to 64, as in 2,4,8") }
    }

    private func numbers(_ name: String, _ text: String, in range: ClosedRange<Int>, _ what: String) throws -> [Int] {
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
        guard numbers.allSatisfy(range.contains) else { throw ValidationError("\(name) is \(text): it takes \(what).") }
        return numbers
    }

    func run() async throws {
        try await interruptible { try measure() }
    }

    private func measure() throws {
        threads.apply()
        let directory = try ModelFolder.find(model)
        let tokens = try ((lengths.max() ?? 0) + Self.margin) * (batches.max() ?? 1)
        let precision = try precision.prepare(directory, tokens: tokens)
        let start = ContinuousClock.now
        let loaded = try GLM4V(directory: directory, precision: precision)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let fitting = try lengths.filter { $0 + Self.margin <= loaded.config.text.contextLength }
        if try fitting.count < lengths.count {
            Terminal.note("contexts over the model's \(loaded.config.text.contextLength) tokens are left out")
        }
        var report = BenchReport(
            machine: MachineReport(.measure()),
            model: loaded,
            precision: precision,
            weights: try ModelFiles(directory: directory).weightBytes(at: precision),
            seconds: seconds,
            together: try batches
        )
        if !json { try report.head.forEach(Terminal.print) }
        var (memory, most): (Int?, Int?)
        var benchmark = Benchmark(loaded) {
            memory = MachineMemory.own
            most = [most, memory].compactMap(\.self).max()
        }
        report.add(try benchmark.vision(width: 640, height: 360, frames: frames))
        if !json { try report.visionLines.forEach(Terminal.print) }
        for context in fitting {
            try Task.checkCancellation()
            let found = try benchmark.language(context: context)
            report.add(found, context: context, memory: memory)
            // As many as the model could hold in one reply, which is what memory was asked for.
            for replies in try batches where replies * (context + Self.margin) <= loaded.config.text.contextLength {
                report.add(try benchmark.together(replies, context: context), of: replies)
            }
            if !json, let line = report.languageLine { try Terminal.print(line) }
        }
        report.memory = most
        if json { try Terminal.print(json: report) } else { try report.foot.forEach(Terminal.print) }
    }
}
