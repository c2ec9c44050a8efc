import ArgumentParser
import GLM
import Weights

struct Pack: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Pack a model into 8 or 4 bits a weight, so that it is smaller and faster.",
        discussion: """
            Writes model.q8.safetensors or model.q4.safetensors beside the checkpoint, which stays as it is, or into \
            ~/.cache/glimpse where that folder is read-only. A file that is there already, sound and of this checkpoint, is \
            left alone. Takes some megabytes of memory. Where it is stopped, the \
            next one goes on; where it fails, as on a full disk, it leaves nothing behind.
            """
    )

    @Argument(help: ArgumentHelp("The folder of a GLM-4.1V checkpoint.", valueName: "model"))
    var directory: String

    @Option(
        help: ArgumentHelp(
            "8 is nearly exact; 4 takes two thirds of that, and writes 1.7 times as fast.",
            valueName: "8|4"
        )
    )
    var bits: Int

    @OptionGroup var threads: ThreadOption

    func validate() throws {
        guard bits == 8 || bits == 4 else { throw ValidationError("--bits is \(bits): it is 8 or 4.") }
    }

    func run() async throws {
        try await interruptible { try pack() }
    }

    private func pack() throws {
        threads.apply()
        let precision = bits == 8 ? Precision.q8 : .q4
        let file = PackedLocation(of: directory).file(precision) ?? ""
        guard !Checkpoint.hasPacked(precision, directory: directory) else {
            return try Terminal.print(Terminal.visible("\(file) is there already, and sound"))
        }
        let files = try ModelFiles(directory: directory, needsCheckpoint: true)
        let start = ContinuousClock.now
        try files.packWithBar(precision)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let size = gigabytes(files.weightBytes(at: precision))
        try Terminal.print(Terminal.visible("\(file): \(size) in \(Int(seconds.rounded())) s"))
    }
}
