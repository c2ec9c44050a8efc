import Foundation
import Testing

/// How fast is for SPEED.md; here is tested that it measures, and that what it prints is whole.
struct BenchTests {
    @Test func `the JSON has what the table has`() throws {
        let program = try Program.run(["bench", "--json", "--contexts", "0,300", "--together", "2,3"])
        #expect(program.status == 0)
        let root = try #require(try program.json() as? [String: Any])
        let machine = try #require(root["machine"] as? [String: Any])
        for key in ["bytesRead", "floats", "q8", "q4"] {
            #expect(try #require(machine[key] as? Double) > 1e8, "\(key)")
        }
        #expect(root["precision"] as? String == "f32" && root["model"] as? String == "shapes")
        let vision = try #require(root["vision"] as? [String: Double])
        #expect(vision["tokensPerFrame"] == 84 && (vision["framesPerSecond"] ?? 0) > 0)
        #expect((root["memory"] as? Int ?? 0) > 1 << 20 && (root["weightBytes"] as? Int ?? 0) > 1 << 20)
        #expect((root["loadSeconds"] as? Double ?? -1) >= 0)
        let language = try #require(root["language"] as? [[String: Any]])
        #expect(language.map { $0["context"] as? Int } == [0, 300])
        for row in language {
            let rates = row.values.compactMap { $0 as? Double }
            #expect(rates.count == 6 && rates.allSatisfy { $0.isFinite && $0 >= 0 })
            let together = try #require(row["together"] as? [[String: Double]])
            #expect(together.map { $0["replies"] } == [2, 3])
            #expect(together.allSatisfy { ($0["tokensPerSecond"] ?? 0) > 0 && ($0["share"] ?? 0) > 0 })
        }
    }

    @Test func `the table is for people, and too long contexts are left out`() throws {
        let program = try Program.run(["bench", "--contexts", "16,9000"])
        #expect(program.status == 0)
        #expect(program.errors.hasSuffix("contexts over the model's 8192 tokens are left out\n"))
        let lines = program.output.split(separator: "\n").map(String.init)
        #expect(lines[0].hasPrefix("machine   ") && lines[1].hasPrefix("model     shapes in f32: "))
        #expect(lines[2].hasPrefix("vision    640x360: 84 tokens"))
        #expect(lines[3].hasSuffix("of memory   2 at once   4 at once   8 at once"))
        #expect(lines[4].split(separator: " ").first == "16" && lines[4].count == lines[3].count)
    }

    @Test func `threads beyond the machine's are not started, and that is said`() throws {
        let arguments = ["bench", "--json", "--contexts", "0", "--together", "2", "--threads"]
        func threads(_ program: Program) throws -> Int? {
            ((try program.json() as? [String: Any])?["machine"] as? [String: Any])?["threads"] as? Int
        }
        let one = try Program.run(arguments + ["1"])
        #expect(try threads(one) == 1 && !one.errors.contains("--threads"))
        let many = try Program.run(arguments + ["100000"])
        let all = try #require(try threads(many))
        #expect(all >= 1 && all < 100_000)
        #expect(
            many.errors.contains("100000 threads were asked for, but there are \(all) processors: so many are used")
        )
    }

    @Test(arguments: [
        ["--contexts", "1,x"], ["--threads", "0"], ["--contexts", ""], ["--frames", "0"], ["--together", "1"],
    ])
    func `odd arguments are refused`(arguments: [String]) throws {
        #expect(try Program.run(["bench"] + arguments).status == 64)
    }
}
