import Foundation
import TestSupport
import Testing

struct AskTests {
    @Test func `there are four samples`() { #expect(Sample.all.count == 4) }

    @Test(arguments: Sample.all, ["frames-first", "question-first", "video"])
    func `the bundled model understands its samples`(sample: Sample, layout: String) throws {
        let program = try Program.run(["ask", sample.path, sample.question, "--layout", layout] + Program.greedy)
        #expect(program.status == 0)
        let parts = program.output.components(separatedBy: "\n\n")
        #expect(parts.count == 2, "thoughts, an empty line, the answer")
        let answer = try #require(parts.last)
        #expect(sample.isMet(by: answer), "\(answer)")
        #expect(program.errors.hasPrefix("glimpse: the bundled demonstration model answers"))
        #expect(
            !program.errors.contains("\u{1B}") && !program.output.contains("\u{1B}"),
            "no bars and no colours in a pipe"
        )
    }

    @Test(arguments: ["frames-first", "question-first", "video"])
    func `the JSON has the keys of the contract`(layout: String) throws {
        let program = try Program.run(
            ["ask", Program.sample, "What?", "--json", "--logprobs", "2", "--max-new-tokens", "7", "--layout", layout]
                + Program.greedy
        )
        #expect(program.status == 0)
        let root = try #require(try program.json() as? [String: Any])
        #expect(Set(root.keys) == ["model", "layout", "videos", "prompt", "reply", "timing"])
        #expect(root["model"] as? String == "shapes")
        #expect(root["layout"] as? String == layout)
        let video = try #require((root["videos"] as? [[String: Any]])?.first)
        #expect(Set(video.keys) == ["duration", "fps", "frames"])
        #expect(video["fps"] as? Double == 25)
        let frames = try #require(video["frames"] as? [[String: Any]])
        #expect(frames.count == 10)
        #expect(frames.allSatisfy { Set($0.keys) == ["index", "time", "width", "height", "tokens"] })
        let prompt = try #require(root["prompt"] as? [String: Any])
        #expect(Set(prompt.keys) == ["text", "tokens"])
        let tokens = try #require(prompt["tokens"] as? [Int])
        #expect(frames.reduce(0) { $0 + ($1["tokens"] as? Int ?? 0) } == tokens.count { $0 == 3890 })
        let reply = try #require(root["reply"] as? [String: Any])
        #expect(Set(reply.keys) == ["raw", "thought", "answer", "tokens", "finish", "logprobs"])
        #expect(reply["finish"] as? String == "length")
        #expect((reply["tokens"] as? [Int])?.count == 7)
        let logprobs = try #require(reply["logprobs"] as? [[String: Any]])
        #expect(logprobs.count == 7)
        #expect(
            logprobs.allSatisfy { Set($0.keys) == ["token", "logprob", "top"] && ($0["top"] as? [[Any]])?.count == 2 }
        )
        let timing = try #require(root["timing"] as? [String: Double])
        #expect(Set(timing.keys) == ["decode", "vision", "prefill", "generate"])
    }

    @Test func `several videos and pictures go into one question`() throws {
        let folder = try TemporaryFolder()
        _ = try Program.run(["frames", Program.sample, "--frames", "1", "--out", folder.path])
        let picture = folder.path + "/" + (try #require(folder.names.first { $0.hasSuffix(".png") }))
        let program = try Program.run(
            [
                "ask", Program.sample, picture, Program.sample, "What?", "--json", "--frames", "2", "--max-new-tokens",
                "1",
            ]
        )
        let videos = try #require((try program.json() as? [String: Any])?["videos"] as? [[String: Any]])
        #expect(videos.map { ($0["frames"] as? [Any])?.count } == [2, 1, 2])
    }

    @Test func `the raw reply has its tags`() throws {
        let program = try Program.run(["ask", Program.sample, "What happens in the video?", "--raw"] + Program.greedy)
        #expect(program.output.hasPrefix("<think>"))
        #expect(program.output.hasSuffix("</answer>\n"))
    }

    @Test func `a prompt over the limit gets smaller frames, and the user is told`() throws {
        let arguments = ["ask", Program.sample, "What?", "--json", "--max-new-tokens", "1", "--model", tinyModel]
        let program = try Program.run(arguments, environment: ["MAX_INPUT_TOKEN_LENGTH": "150"])
        #expect(program.status == 0)
        #expect(program.errors.contains("frames scaled from"))
        let prompt = try #require((try program.json() as? [String: Any])?["prompt"] as? [String: Any])
        #expect(try #require(prompt["tokens"] as? [Int]).count <= 150)
    }

    @Test func `Ctrl-C stops at the next token and keeps what was said`() throws {
        let arguments = ["ask", Program.sample, "What?", "--raw", "--ignore-eos", "--max-new-tokens", "3072"]
        let program = try Program.run(arguments + Program.greedy) { process, output in
            while process.isRunning, try output().isEmpty { Thread.sleep(forTimeInterval: 0.01) }
            process.interrupt()
        }
        #expect(program.status == 130)
        #expect(!program.isKilled)
        #expect(program.output.hasPrefix("<think>") && program.output.hasSuffix("\n"))
    }

    @Test func `the same seed gives the same reply`() throws {
        let arguments = [
            "ask", Program.sample, "What happens?", "--temperature", "2", "--seed", "3", "--max-new-tokens", "40",
        ]
        #expect(try Program.run(arguments).output == Program.run(arguments).output)
    }
}

let tinyModel = checkout + "/Tests/GLMTests/Golden/tiny-a"
