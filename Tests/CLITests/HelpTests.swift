import Foundation
import TestSupport
import Testing

/// docs/help.md is what the program says of itself; `RECORD_SNAPSHOTS=1 swift test` writes it anew.
struct HelpTests {
    @Test func `the help in docs is the program's`() throws {
        let commands = [
            ["--help"], ["serve", "--help"], ["ask", "--help"], ["frames", "--help"], ["pack", "--help"],
            ["bench", "--help"],
        ]
        let sections = try commands.map { arguments in
            let program = try Program.run(arguments, environment: ["COLUMNS": "100"])
            #expect(program.status == 0)
            return "## `glimpse \(arguments.joined(separator: " "))`\n```\n\(program.output)```\n"
        }
        let help = "# What the program says of itself\n\n" + sections.joined(separator: "\n")
        let url = URL(fileURLWithPath: checkout + "/docs/help.md")
        if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] != nil {
            try Data(help.utf8).write(to: url)
        }
        #expect(try String(contentsOf: url, encoding: .utf8) == help)
    }
}
