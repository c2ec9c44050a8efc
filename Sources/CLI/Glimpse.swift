import ArgumentParser
import Server

/// `glimpse`: parses and prints, decides nothing.
@main
struct Glimpse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "glimpse",
        abstract: "Ask questions about your videos, on the machine you have.",
        discussion: "GLM-4.1V looks at frames of a video, thinks, and answers. Nothing leaves the machine.",
        version: Server.Glimpse.version,
        subcommands: [Serve.self, Ask.self, Frames.self, Pack.self, Bench.self]
    )

    /// Runs the program; what is wrong with the arguments is told in one line, like everything else that goes wrong.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let code as ExitCode {  // what was wrong has been said
            exit(withError: code)
        } catch  where exitCode(for: error) == .validationFailure {
            let message = message(for: error).split(whereSeparator: \.isNewline).joined(separator: " ")
            Terminal.note("\(message) (see: glimpse --help)")
            exit(withError: ExitCode.validationFailure)
        } catch {
            exit(withError: error)
        }
    }
}
