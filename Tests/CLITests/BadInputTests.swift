import Foundation
import TestSupport
import Testing

/// What bad input gets: one line that says what was expected, what was found and what to do, and a code of sysexits.h.
struct BadInputTests {
    @Test(arguments: [
        (["ask", "nowhere.mp4", "What?"], 66, #"there is no file "nowhere.mp4": check its name"#),
        (["ask", "/tmp", "What?"], 66, "/tmp is a "),
        (["ask", checkout + "/README.md", "What?"], 65, "is not a video or picture that we know"),
        (["frames", checkout + "/Makefile"], 65, "give MP4"),
        (["ask", Program.sample], 64, "There should be a video and then a question"),
        (["ask", Program.sample, " "], 64, "There should be a video and then a question"),
        (
            ["ask", Program.sample, "What?", "--temperature", "5"], 64,
            "--temperature is 5.0: it goes from 0.1 to 4.0, or is 0"
        ),
        (["ask", Program.sample, "What?", "--temperature", "nan"], 64, "--temperature is nan"),
        (["ask", Program.sample, "What?", "--top-p", "0"], 64, "--top-p is 0.0: it goes from 0.05 to 1.0"),
        (["ask", Program.sample, "What?", "--top-k", "0"], 64, "--top-k is 0: it goes from 1 to 1000"),
        (["ask", Program.sample, "What?", "--repetition-penalty", "3"], 64, "it goes from 1.0 to 2.0"),
        (["ask", Program.sample, "What?", "--max-new-tokens", "0"], 64, "it goes from 1 to 3072"),
        (["ask", Program.sample, "What?", "--max-thinking-tokens=-1"], 64, "it goes from 0 to 3072"),
        (["ask", Program.sample, "What?", "--logprobs", "21"], 64, "it goes from 0 to 20"),
        (["ask", Program.sample, "What?", "--seed", "-1"], 64, "seed"),
        (["ask", Program.sample, "What?", "--layout", "sideways"], 64, "layout"),
        (["ask", Program.sample, "What?", "--precision", "f8"], 64, "precision"),
        (["ask", Program.sample, "What?", "--json", "--raw"], 64, "exclude each other"),
        (["frames", Program.sample, "--frames", "0"], 64, "--frames is 0: it goes from 1 to 768"),
        (["frames", Program.sample, "--frames", "9223372036854775808"], 64, "frames"),
        (["frames", Program.sample, "--fps", "1e400"], 64, "--fps is inf"),
        (["frames", Program.sample, "--frames", "2", "--fps", "1"], 64, "exclude each other"),
        (["frames", Program.sample, "--times", "1,x"], 64, "--times is 1,x"),
        (["frames", Program.sample, "--max-pixels", "0"], 64, "--max-pixels is 0"),
        (["frames", Program.sample, "--out", "/proc/nothing"], 73, "cannot write /proc/nothing"),
        (["ask", Program.sample, "What?", "--model", "/nowhere"], 78, "/nowhere has no readable config.json"),
        (["ask", Program.sample, "What?", "--model", checkout + "/Tests"], 78, "has no readable config.json"),
    ])
    func `bad input gets one clear line`(arguments: [String], status: Int32, message: String) throws {
        let program = try Program.run(arguments)
        #expect(program.status == status)
        #expect(program.errors.contains(message), "\(program.errors)")
        #expect(program.output.isEmpty)
        let lines = program.errors.split(separator: "\n").filter { !$0.contains("demonstration model answers") }
        #expect(lines.count == 1, "\(program.errors)")
    }

    @Test(
        .enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "only Linux has a disk that is always full")
    )
    func `a full disk gets one line, too`() throws {
        for arguments in [
            ["frames", "--json", Program.sample], ["ask", Program.sample, "What?", "--max-new-tokens", "3"],
        ] {
            let program = try Program.run(arguments, isFull: true)
            #expect(program.status == 74)
            #expect(program.errors.contains("standard output takes no more"))
        }
    }

    @Test func `a name cannot move the cursor or begin another line`() throws {
        let program = try Program.run(["frames", "a\u{1B}[31m\n.mp4"])
        #expect(program.status == 66)
        #expect(program.errors.contains(#"there is no file "a\u{1B}[31m\n.mp4""#))
        #expect(!program.errors.contains("\u{1B}"))
    }

    @Test func `a limit that is no number is refused`() throws {
        for limit in ["x", "0", "-4", "1e3"] {
            let program = try Program.run(["ask", Program.sample, "?"], environment: ["MAX_INPUT_TOKEN_LENGTH": limit])
            #expect(program.status == 78)
            #expect(program.errors.contains("MAX_INPUT_TOKEN_LENGTH is \(limit): it should be a whole number above 0"))
        }
    }

    @Test func `a limit beyond every context is none`() throws {
        let limit = ["MAX_INPUT_TOKEN_LENGTH": "\(Int.max)"]
        let program = try Program.run(["ask", Program.sample, "?", "--max-new-tokens", "1"], environment: limit)
        #expect(program.status == 0, "\(program.errors)")
    }

    @Test func `frames that cannot fit are refused with the numbers`() throws {
        let program = try Program.run(["ask", Program.sample, "?"], environment: ["MAX_INPUT_TOKEN_LENGTH": "40"])
        #expect(program.status == 65)
        #expect(program.errors.contains("(10 pictures, "))
        #expect(program.errors.contains("where 40 are allowed: take fewer frames"))
    }

    @Test func `a folder that cannot be written keeps no part of a file`() throws {
        let folder = try TemporaryFolder()
        let taken = try folder.write(Data("x".utf8), to: "taken")
        let program = try Program.run(["frames", Program.sample, "--out", taken])
        #expect(program.status == 73)
        #expect(folder.names == ["taken"])
    }
}
