import GLM
import Tensors
import TestSupport
import Testing

/// Two tiny models with random weights, run through transformers by Tools/golden/model.py: f32 in one file and bf16 in
/// shards, both spellings of the config, other head sizes, sections and bases.
struct ReferenceTests {
    static let cases = [
        "text", "image", "image-resized", "two-images", "question-first", "frames-first", "frames-1", "frames-10",
        "frames-40", "video", "video-1", "video-3", "video-40", "two-videos",
    ]

    @Test(arguments: Reference.checkpoints, cases)
    func `a prompt has the reference's tokens and positions`(checkpoint: String, name: String) throws {
        let reference = try ReferenceCase(checkpoint, name)
        let prompt = try reference.prompt()
        #expect(prompt.text == reference.promptText)
        #expect(prompt.tokens == (try reference.golden.integers("input_ids")))
        let positions = (0..<3).flatMap { axis in prompt.positions.map { Int($0[axis]) } }
        #expect(positions == (try reference.golden.integers("position_ids")))
    }

    @Test(arguments: Reference.checkpoints, cases)
    func `logits and greedy tokens match transformers`(checkpoint: String, name: String) throws {
        let reference = try ReferenceCase(checkpoint, name)
        let (golden, prompt) = (reference.golden, try reference.prompt())
        let greedy = try golden.integers("greedy")
        let session = Session(reference.model)
        let features = try prompt.pictures.map { try reference.model.look(at: $0) }
        if golden.has("vision.merger") {
            let elements = features.flatMap { $0.tokens.elements }
            expectClose(elements, try golden.tensor("vision.merger").elements, within: 1e-4, "image tokens")
        }
        var logits = try session.prefill(prompt, features: features)
        let rows = try golden.tensor(golden.has("logits") ? "logits" : "logits.last")
        expectClose(logits, rows[rows.rows - 1..<rows.rows], within: 1e-4, "logits")
        for (i, expected) in greedy.enumerated() {
            let scores = logits.elements
            #expect(scores.indices.max { scores[$0] < scores[$1] } == expected, "token \(i)")
            logits = try session.step(expected)
        }
    }

    @Test(arguments: Reference.checkpoints)
    func `every named intermediate matches transformers`(checkpoint: String) throws {
        let reference = try ReferenceCase(checkpoint, "image")
        let (golden, model, prompt) = (reference.golden, reference.model, try reference.prompt())
        let picture = try #require(prompt.pictures.first)
        var compared: Set<String> = []
        func compare(_ name: String, _ x: borrowing Tensor) {
            guard golden.has(name) else { return }  // to keep it small, tiny-b's file has no pixels and no logits
            compared.insert(name)
            do {
                expectClose(x, try golden.tensor(name), within: 2e-5, name)
            } catch {
                Issue.record("\(error)")
            }
        }
        let patches = picture.patches()
        compare("pixel_values", patches)
        let features = try model.vision(patches, picture.grid, observe: compare)

        var x = model.language.embed(prompt.tokens)
        var next = 0
        for i in prompt.tokens.indices where prompt.isPicture[i] {
            x.replace(from: i, with: features[next..<next + 1])
            next += 1
        }
        compare("inputs_embeds", x)
        var cache = model.language.makeCache(capacity: prompt.tokens.count)
        let hidden = try model.language(x, positions: prompt.positions, cache: &cache, observe: compare)
        compare("logits", model.language.logits(hidden, observe: compare))
        #expect(compared.count >= 8 + model.vision.blocks.count + model.language.layers.count - 2)
    }
}
