@testable import GLM
import Tensors
import TestSupport
import Testing

/// What must hold whatever the weights are.
struct LawTests {
    @Test(arguments: Reference.checkpoints)
    func `reading in one pass equals reading token by token`(checkpoint: String) throws {
        let model = try Reference.model(checkpoint)
        let tokens = Array(0..<40)
        let positions = tokens.map { Position(repeating: Int32($0)) }
        var whole = model.language.makeCache(capacity: 40)
        let once = model.language.logits(
            try model.language(model.language.embed(tokens), positions: positions, cache: &whole)
        )
        var cache = model.language.makeCache(capacity: 40)
        for (i, token) in tokens.enumerated() {
            let x = try model.language(model.language.embed([token]), positions: [positions[i]], cache: &cache)
            expectClose(model.language.logits(x), once[i..<i + 1], within: 1e-5, "token \(i)")
        }
    }

    @Test(arguments: Reference.checkpoints)
    func `only distances between positions count`(checkpoint: String) throws {
        let model = try Reference.model(checkpoint)
        func logits(from start: Int32) throws -> Tensor {
            var cache = model.language.makeCache(capacity: 5)
            let positions = (0..<5).map { Position(repeating: start + $0) }
            return model.language.logits(
                try model.language(model.language.embed([1, 2, 3, 4, 5]), positions: positions, cache: &cache)
            )
        }
        expectClose(try logits(from: 0), try logits(from: 100), within: 1e-4)
    }

    @Test(arguments: Reference.checkpoints)
    func `an image is a frame shown twice`(checkpoint: String) throws {
        let model = try Reference.model(checkpoint)
        let frame = Reference.frame(3, width: 84, height: 56)
        let image = try Picture(frame, of: 2, model.imageProcessor)
        let pair = try Picture(frame, Reference.frame(3, width: 84, height: 56), of: 2, model.imageProcessor)
        expectClose(
            try model.vision(image.patches(), image.grid),
            try model.vision(pair.patches(), pair.grid),
            within: 0
        )
    }

    @Test(arguments: Reference.checkpoints)
    func `a picture of many patches is merged as a part of it is`(checkpoint: String) throws {
        let model = try Reference.model(checkpoint)
        let (merger, channels) = (model.vision.merger, model.config.vision.hiddenSize)
        let count = 4 * (GatedFeedForward.rowsAtOnce + 3)
        let patches = Tensor(rows: count, columns: channels, (0..<count * channels).map { Float($0 % 7) - 3 })
        let whole = merger(patches) { _, _ in }
        let end = merger(patches[count - 32..<count]) { _, _ in }
        expectClose(end, whole[whole.rows - 8..<whole.rows], within: 0)
    }

    @Test func `a stopped session says so`() throws {
        let reference = try ReferenceCase("tiny-a", "question-first")
        let prompt = try reference.prompt()
        let session = Session(reference.model)
        let picture = try #require(prompt.pictures.first)
        #expect(throws: CancellationError.self) { _ = try reference.model.look(at: picture, isStopped: { true }) }
        let features = try prompt.pictures.map { try reference.model.look(at: $0) }
        #expect(throws: CancellationError.self) {
            _ = try session.prefill(prompt, features: features, isStopped: { true }).rows
        }
    }
}
