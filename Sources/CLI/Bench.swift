import ArgumentParser
import GLM
import Tensors
import Weights

struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure how fast a model runs here, against what the machine can do.",
        discussion: """
            Looks at pictures of 640x360, reads pieces of 256 tokens and writes tokens after contexts of growing length, on \
            all threads. Other programs disturb it.
            """
    )

    @Option(help: ArgumentHelp("The folder of a GLM-4.1V checkpoint. Default: the bundled model.", valueName: "dir"))
    var model: String?

    @Option(help: "As in ask: auto, f32, q8 or q4.")
    var precision = PrecisionOption.auto

    @Option(help: ArgumentHelp("How many pictures to look at, 1 to 100.", valueName: "n"))
    var frames = 1

    @Option(help: ArgumentHelp("How many tokens stand before those that are measured.", valueName: "n,n,…"))
    var contexts = "0,1024,4096"

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        try Optional(frames).require("--frames", in: 1...100)
        _ = try lengths
    }

    private var lengths: [Int] {
        get throws {
            let numbers = contexts.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
            guard numbers.allSatisfy({ (0...1_000_000).contains($0) }) else {
                throw ValidationError("--contexts is \(contexts): it takes numbers of tokens, as in 0,1024,4096.")
            }
            return numbers
        }
    }

    func run() async throws {
        try await interruptible { try measure() }
    }

    private func measure() throws {
        let directory = try ModelFolder.find(model)
        let precision = try precision.prepare(directory, tokens: (lengths.max() ?? 0) + 512)
        let start = ContinuousClock.now
        let loaded = try GLM4V(directory: directory, precision: precision)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let fitting = try lengths.filter { $0 + 512 <= loaded.config.text.contextLength }
        if try fitting.count < lengths.count {
            Terminal.note("contexts over the model's \(loaded.config.text.contextLength) tokens are left out")
        }
        var report = BenchReport(
            machine: MachineReport(.measure()),
            model: loaded,
            precision: precision,
            weights: try ModelFiles(directory: directory).weightBytes(at: precision),
            seconds: seconds
        )
        if !json { try report.head.forEach(Terminal.print) }
        var benchmark = Benchmark(loaded)
        report.add(try benchmark.vision(width: 640, height: 360, frames: frames))
        if !json { try report.visionLines.forEach(Terminal.print) }
        for context in fitting {
            try Task.checkCancellation()
            report.add(try benchmark.language(context: context), context: context)
            if !json, let line = report.languageLine { try Terminal.print(line) }
        }
        report.memory = MachineMemory.own
        if json { try Terminal.print(json: report) } else { try report.foot.forEach(Terminal.print) }
    }
}
