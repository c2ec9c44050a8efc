import Foundation
import Testing

/// How fast is for SPEED.md; here is tested that it measures, and that what it prints is whole.
struct BenchTests {
    @Test func `the JSON has what the table has`() throws {
        let program = try Program.run(["bench", "--json", "--contexts", "0,300"])
        #expect(program.status == 0)
        let root = try #require(try program.json() as? [String: Any])
        let machine = try #require(root["machine"] as? [String: Any])
        for key in ["bytesRead", "floats", "q8", "q4"] {
            #expect(try #require(machine[key] as? Double) > 1e8, "\(key)")
        }
        #expect(root["precision"] as? String == "f32" && root["model"] as? String == "shapes")
        let vision = try #require(root["vision"] as? [String: Double])
        #expect(vision["tokensPerFrame"] == 45 && (vision["framesPerSecond"] ?? 0) > 0)
        let language = try #require(root["language"] as? [[String: Double]])
        #expect(language.map { $0["context"] } == [0, 300])
        for row in language {
            #expect(row.count == 5 && row.values.allSatisfy { $0.isFinite && $0 >= 0 })
        }
    }

    @Test func `the table is for people, and too long contexts are left out`() throws {
        let program = try Program.run(["bench", "--contexts", "16,9000"])
        #expect(program.status == 0)
        #expect(program.errors.hasSuffix("contexts over the model's 8192 tokens are left out\n"))
        let lines = program.output.split(separator: "\n").map(String.init)
        #expect(lines[0].hasPrefix("machine   ") && lines[1].hasPrefix("model     shapes in f32: "))
        #expect(lines[2].hasPrefix("vision    640x360: 45 tokens"))
        #expect(lines[4].split(separator: " ").first == "16")
    }

    @Test(arguments: [["--contexts", "1,x"], ["--contexts", ""], ["--frames", "0"]])
    func `odd arguments are refused`(arguments: [String]) throws {
        #expect(try Program.run(["bench"] + arguments).status == 64)
    }
}
