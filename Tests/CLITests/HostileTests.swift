import Foundation
import TestSupport
import Testing

/// Files that are odd, broken, lying or treacherous, made by Tools/hostile/hostile_corpus.py, through `glimpse frames`.
struct HostileTests {
    private struct Entry: Decodable {
        let file, expect, why: String
    }

    private let folder: TemporaryFolder
    private let canary: Canary
    private let entries: [Entry]

    init() throws {
        folder = try TemporaryFolder()
        canary = try Canary()
        let python = Process()
        python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        python.arguments = ["python3", checkout + "/Tools/hostile/hostile_corpus.py", folder.path, "\(canary.port)"]
        python.standardOutput = FileHandle.nullDevice
        try python.run()
        python.waitUntilExit()
        let manifest = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/manifest.json"))
        entries = try JSONDecoder().decode([Entry].self, from: manifest)
    }

    @Test(.timeLimit(.minutes(10)))
    func `no file crashes the program, hangs it, or makes it reach out`() throws {
        try expectAllEnd()
        if FileManager.default.isExecutableFile(atPath: "/usr/bin/strace") {
            try expectReferencesAreNotFollowed()
        } else {
            print("HostileTests: what files open is not watched, since there is no strace")
        }
    }

    private func expectAllEnd() throws {
        #expect(entries.count > 90)
        for entry in entries {
            let program = try Program.run(["frames", "--json", folder.path + "/" + entry.file], seconds: 30)
            // One that hangs is killed after 30 seconds.
            #expect(!program.isKilled, "\(entry.file): \(program.errors)")
            switch entry.expect {
            case "ok": #expect(program.status == 0, "\(entry.file) (\(entry.why)): \(program.errors)")
            case "refuse": #expect(program.status == 65, "\(entry.file) (\(entry.why)) was let in")
            default: #expect([0, 65].contains(program.status), "\(entry.file): \(program.errors)")
            }
            try expectStraight(program, entry.file)
        }
        #expect(!canary.wasTouched, "something connected to the canary")
    }

    /// Times are numbers that go up; a refusal is one line.
    private func expectStraight(_ program: Program, _ file: String) throws {
        guard program.status == 0 else {
            let lines = program.errors.split(separator: "\n").filter { !$0.contains("demonstration model answers") }
            #expect(lines.count == 1 && program.output.isEmpty, "\(file): \(program.errors)")
            return
        }
        let video = try #require((try program.json() as? [[String: Any]])?.first)
        let times = (video["frames"] as? [[String: Any]] ?? []).compactMap { $0["time"] as? Double }
        #expect(!times.isEmpty && times == times.sorted(), "\(file): \(times)")
        // One whose frames are cut off in the middle says how many are left.
        if file == "bad_trunc95_faststart.mp4" {
            #expect(program.errors.contains("frames could be decoded"), "\(file)")
        }
    }

    /// A file that refers to another opens nothing but itself.
    private func expectReferencesAreNotFollowed() throws {
        let references = entries.filter { $0.file.hasPrefix("ref_") }
        #expect(references.count >= 10)
        for entry in references {
            let path = folder.path + "/" + entry.file
            let program = try Program.run(
                ["frames", path],
                launcher: ["/usr/bin/strace", "-f", "-qq", "-e", OpenTrace.calls, "-o", folder.path + "/trace"]
            )
            // The status is the program's own; strace has another when it fails.
            #expect(!program.isKilled && [0, 65].contains(program.status), "\(entry.file): \(program.errors)")
            let trace = OpenTrace(try folder.text("trace"))
            #expect(!trace.hasSockets, "\(entry.file)")
            #expect(trace.opened.contains(path), "\(entry.file) was not opened, or strace saw nothing")
            #expect(trace.strangers(beside: path).isEmpty, "\(entry.file)")
        }
    }
}
