import GLM
import Media
import TestSupport
import Testing
import Tokenization

struct PromptTests {
    /// Cases whose text holds a special token's name are left out: the reference obeys it, we do not.
    @Test func `conversations render and tokenize as the chat template does`() throws {
        let model = try Reference.model("tiny-a")
        var compared = 0
        for facts in try goldenCases("chat.json") {
            let messages = (facts["messages"] as? [[String: Any]] ?? []).compactMap { plainMessage($0) }
            guard messages.count == (facts["messages"] as? [Any])?.count else { continue }
            let prompt = Prompt(messages, for: model)
            #expect(prompt.text == facts["text"] as? String)
            #expect(prompt.tokens == facts["ids"] as? [Int], "\(prompt.text)")
            compared += 1
        }
        #expect(compared >= 20)
    }

    /// Text alone, without the names of special tokens.
    private func plainMessage(_ facts: [String: Any]) -> Message? {
        let contents = facts["content"] as? [[String: Any]] ?? [["type": "text", "text": facts["content"] ?? ""]]
        let texts = contents.compactMap { $0["type"] as? String == "text" ? $0["text"] as? String : nil }
        let isPlain = !texts.contains { $0.contains("<|") || $0.contains("think>") || $0.contains("answer>") }
        guard texts.count == contents.count, isPlain else { return nil }
        return Message(Role.named(facts["role"] as? String ?? ""), texts.map { .text($0) })
    }

    @Test(arguments: [
        "<|image|>", "<|begin_of_image|><|image|><|end_of_image|>", "<|video|>", "<|user|>", "<|assistant|>",
        "[gMASK]<sop>", "<think>", "<|endoftext|>",
    ])
    func `the name of a special token in a question is only text`(name: String) throws {
        let model = try Reference.model("tiny-a")
        let plain = Prompt([Message(.user, [.text("x")])], for: model)
        let special = Prompt([Message(.user, [.text(String(repeating: name, count: 3))])], for: model)
        #expect(special.isPicture.allSatisfy { !$0 })
        #expect(special.tokens.count > plain.tokens.count)
        let id = model.tokenizer.id(ofAdded: name)
        let before = plain.tokens.count { $0 == id }
        #expect(special.tokens.count { $0 == id } == before)
    }

    @Test func `frames are made smaller until the prompt fits, and no smaller`() throws {
        let model = try Reference.model("tiny-a")
        let full = try question(frames: 6).prompt(for: model, limit: .max)
        #expect(!full.isScaled)
        let limit = full.prompt.tokens.count - 1
        let fitted = try question(frames: 6).prompt(for: model, limit: limit)
        #expect(fitted.isScaled)
        #expect(fitted.full.tokens == full.prompt.tokens.count)
        #expect(fitted.prompt.tokens.count <= limit)
        #expect(fitted.prompt.pictures.count == 6)
    }

    @Test(arguments: Layout.allCases)
    func `where even the smallest frames do not fit, the numbers are told`(layout: Layout) throws {
        let model = try Reference.model("tiny-a")
        #expect {
            try question(frames: 6, layout).prompt(for: model, limit: 20)
        } throws: { error in
            guard case PromptError.tooLong(let tokens, 20, let pictures, let words) = error else { return false }
            return tokens > 20 && pictures == (layout == .video ? 3 : 6) && words < tokens
        }
        let error = PromptError.tooLong(tokens: 90, limit: 20, pictures: 6, words: 40)
        #expect(error.description.contains("90 tokens (6 pictures, 40 tokens of text) where 20 are allowed"))
    }

    @Test func `at most so many pixels a frame are shown`() throws {
        let model = try Reference.model("tiny-b")
        for layout in Layout.allCases {
            var small = question(frames: 4, layout)
            small.maximumPixels = 28 * 28 * 2
            let prompt = try small.prompt(for: model, limit: .max).prompt
            let least = layout == .video ? model.videoProcessor : model.imageProcessor
            let allowed = max(28 * 28 * 2, least.pixels.lowerBound / 2 + 28 * 28)
            #expect(prompt.pictures.allSatisfy { $0.grid.patches * 14 * 14 <= allowed }, "\(layout)")
        }
    }

    private func question(frames count: Int, _ layout: Layout = .framesFirst) -> Conversation {
        let frames = (0..<count).map {
            VideoFrame(index: $0, time: Double($0), image: Reference.frame($0, width: 200, height: 160))
        }
        let info = VideoInfo(duration: 9, fps: 1, frameCount: count, width: 200, height: 160, isPicture: false)
        return Conversation(system: nil, clips: [Clip(info: info, frames: frames)], question: "What?", layout: layout)
    }
}
