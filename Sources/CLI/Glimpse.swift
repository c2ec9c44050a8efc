import ArgumentParser

/// `glimpse`: parses and prints, decides nothing.
@main
struct Glimpse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "glimpse",
        abstract: "Ask questions about your videos, on the machine you have.",
        discussion: "GLM-4.1V looks at frames of a video, thinks, and answers. Nothing leaves the machine.",
        version: "0.1.0",
        subcommands: [Ask.self, Frames.self]
    )
}
