import ArgumentParser
import Tensors

/// On how many threads it computes.
struct ThreadOption: ParsableArguments {
    @Option(help: ArgumentHelp("How many threads compute. Default: all that there are.", valueName: "n"))
    var threads: Int?

    func validate() throws { try threads.require("--threads", in: 1...1_000_000) }

    /// To be called before anything is computed.
    func apply() { threads.map(Self.limit) }

    /// Computes on so many threads, or on as many as there are, and says so.
    static func limit(to threads: Int) {
        if threads > Threads.available {
            Terminal.note(
                "\(threads) threads were asked for, but there are \(Threads.available) processors: so many are used"
            )
        }
        Threads.limit(to: threads)
    }
}
