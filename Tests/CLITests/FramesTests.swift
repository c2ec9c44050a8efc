import Foundation
import TestSupport
import Testing

struct FramesTests {
    @Test func `frames are written as PNG under names that say which`() throws {
        let folder = try TemporaryFolder()
        let program = try Program.run(["frames", Program.sample, "--frames", "3", "--out", folder.path + "/new"])
        #expect(program.status == 0)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/new").sorted()
        #expect(names.count == 3)
        #expect(names.first == "triangle-down-circle-left-00000-0.0s.png")
        for name in names {
            let data = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/new/" + name))
            #expect(data.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        }
        #expect(program.output.split(separator: "\n").first?.hasPrefix("frame 0  0.0s  640x360  ") ?? false)
    }

    @Test func `files of one name do not replace each other's frames`() throws {
        let folder = try TemporaryFolder()
        let program = try Program.run(["frames", Program.sample, Program.sample, "--frames", "1", "--out", folder.path])
        #expect(program.status == 0)
        let names = folder.names.filter { $0.hasSuffix(".png") }
        #expect(
            names
                == ["triangle-down-circle-left-00000-0.0s.png", "triangle-down-circle-left-2-00000-0.0s.png"].sorted()
        )
    }

    @Test func `the list is that of ask`() throws {
        for layout in ["frames-first", "video"] {
            let list = try Program.run(["frames", Program.sample, "--json", "--layout", layout]).json() as? NSArray
            let ask =
                try Program.run(
                    ["ask", Program.sample, "What?", "--json", "--max-new-tokens", "1", "--layout", layout]
                ).json() as? [String: Any]
            #expect(list == ask?["videos"] as? NSArray)
        }
    }

    @Test(arguments: [
        (["--frames", "2"], ["0.0", "4.96"]), (["--fps", "0.5"], ["0.0", "2.0", "4.0"]),
        (["--times", "1,2.5"], ["1.0", "2.48"]),
    ])
    func `frames are chosen by number, rate or time`(option: [String], times: [String]) throws {
        let program = try Program.run(["frames", Program.sample] + option)
        let found = program.output.split(separator: "\n").map { $0.components(separatedBy: "  ")[1] }
        #expect(found == times.map { $0 + "s" })
    }
}
