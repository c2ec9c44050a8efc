import Foundation
import TestSupport
import Testing

/// The program as people run it.
struct Program {
    let status: Int32
    /// Whether it ended by a signal: a crash.
    let isKilled: Bool
    let output, errors: String

    /// The JSON object or list that it printed.
    func json() throws -> Any { try JSONSerialization.jsonObject(with: Data(output.utf8)) }

    private static let path = checkout + "/.build/release/glimpse"

    /// Runs `glimpse` to its end, or the command `launcher` with it; after `seconds` it is killed. Its output may go to a disk
    /// that is full.
    static func run(
        _ arguments: [String],
        launcher: [String] = [],
        environment: [String: String] = [:],
        seconds: Double = 120,
        isFull: Bool = false,
        meanwhile: (Process, _ output: () throws -> String) throws -> Void = { _, _ in }
    ) throws -> Program {
        let process = Process()
        let command = launcher + [path] + arguments
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let folder = try TemporaryFolder()
        let (output, errors) = (try folder.file("output"), try folder.file("errors"))
        process.standardOutput = isFull ? FileHandle(forWritingAtPath: "/dev/full") : output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let deadline = DispatchWorkItem { process.terminate() }
        DispatchQueue.global().asyncAfter(deadline: .now() + seconds, execute: deadline)
        try meanwhile(process) { try folder.text("output") }
        process.waitUntilExit()
        deadline.cancel()
        return Program(
            status: process.terminationStatus,
            isKilled: process.terminationReason == .uncaughtSignal,
            output: try folder.text("output"),
            errors: try folder.text("errors")
        )
    }

    static let sample = checkout + "/Models/shapes/samples/triangle-down-circle-left.mp4"
    static let greedy = ["--temperature", "0", "--repetition-penalty", "1"]
}
