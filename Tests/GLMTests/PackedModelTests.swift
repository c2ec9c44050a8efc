import Foundation
import Tensors
import TestSupport
import Testing
import Weights

@testable import GLM

/// The bundled model, packed, and the tiny random checkpoints, whose sharp random attention forgives less.
struct PackedModelTests {
    /// Root mean squares of the differences of logits and of a picture's tokens, in units of their own.
    static let tolerances: [(precision: Precision, distance: Float)] = [(.q8, 0.15), (.q4, 0.6)]
    /// Kullback-Leibler divergences from the full model's probabilities, in nats a token.
    static let divergences: [(precision: Precision, most: Float)] = [(.q8, 1e-3), (.q4, 2e-2)]

    @Test(arguments: divergences)
    func `the bundled model's next tokens are as likely as before`(
        divergence: (precision: Precision, most: Float)
    ) throws {
        let folder = try PackedFolder(checkout + "/Models/shapes", divergence.precision)
        let exact = try GLM4V(directory: folder.path)
        let packed = try GLM4V(directory: folder.path, precision: divergence.precision)
        var total: (divergence: Float, tokens: Int) = (0, 0)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path + "/samples")
        where name.hasSuffix(".mp4") {
            let clip = try Clip(path: folder.path + "/samples/" + name, .standard, .framesFirst, exact.videoProcessor)
            let conversation = Conversation(
                system: nil,
                clips: [clip],
                question: "What happens in the video?",
                layout: .framesFirst
            )
            let prompt = try conversation.prompt(for: exact, limit: .max).prompt
            var ours = try Teacher(packed, prompt)
            var theirs = try Teacher(exact, prompt)
            for _ in 0..<60 {
                total.divergence += kullbackLeibler(theirs.logits, ours.logits)
                total.tokens += 1
                let token = theirs.likeliest
                try ours.read(token)
                try theirs.read(token)
            }
        }
        let mean = total.divergence / Float(total.tokens)
        #expect(mean < divergence.most && total.tokens >= 60)
    }

    @Test(arguments: tolerances, Reference.checkpoints)
    func `logits are close to the reference's`(
        tolerance: (precision: Precision, distance: Float),
        checkpoint: String
    ) throws {
        let folder = try PackedFolder(goldenFolder() + "/" + checkpoint, tolerance.precision)
        let reference = try ReferenceCase(checkpoint, "image")
        let prompt = try reference.prompt()
        let model = try GLM4V(directory: folder.path, precision: tolerance.precision)
        let packed = Session(model)
        let exact = Session(reference.model)
        let found = try prompt.pictures.map { try model.look(at: $0) }
        let expected = try prompt.pictures.map { try reference.model.look(at: $0) }
        for (ours, theirs) in zip(found, expected) {
            expectNear(ours.tokens, theirs.tokens, within: tolerance.distance, "picture")
        }
        let logits = try packed.prefill(prompt, features: found)
        expectNear(logits, try exact.prefill(prompt, features: expected), within: tolerance.distance, "logits")
    }

    @Test(arguments: [Precision.q8, .q4])
    func `what is read at once and token by token is the same to the bit`(precision: Precision) throws {
        let folder = try PackedFolder(goldenFolder() + "/tiny-a", precision)
        let model = try GLM4V(directory: folder.path, precision: precision)
        let tokens = (0..<23).map { ($0 * 7) % 50 }
        let positions = tokens.indices.map { Position(repeating: Int32($0)) }
        var cache = model.language.makeCache(capacity: 23)
        let together = try model.language(model.language.embed(tokens), positions: positions, cache: &cache)
        var single = model.language.makeCache(capacity: 23)
        for (i, token) in tokens.enumerated() {
            let x = try model.language(model.language.embed([token]), positions: [positions[i]], cache: &single)
            #expect(x.elements == together[i..<i + 1].elements, "token \(i)")
        }
    }

    @Test func `the most exact precision that fits is taken, but large weights are not read as they are`() throws {
        let (gigabyte, work) = (1_000_000_000, 1_000_000_000)
        func best(_ weights: [(Precision, Int)], _ available: Int) throws -> Precision {
            try PrecisionChoice(
                weights: weights.map { ($0, $1 * gigabyte) },
                available: available * gigabyte,
                work: { _ in work }
            )
            .best()
        }
        let large: [(Precision, Int)] = [(.f32, 20), (.q8, 11), (.q4, 6)]
        #expect(try best(large, 64) == .q8)
        #expect(try best(large, 12) == .q8)
        #expect(try best(large, 11) == .q4)
        #expect(try best([(.f32, 1), (.q8, 1), (.q4, 1)], 64) == .f32)
        let packed = PrecisionChoice(
            weights: large.map { ($0, $1 * gigabyte) },
            packed: [.q4],
            available: .max,
            work: { _ in work }
        )
        #expect(try packed.best() == .q4, "nothing is packed anew where something is packed")
        #expect(try best([(.q4, 6)], 64) == .q4)
        #expect(throws: MemoryError.self) { try best(large, 6) }
    }

    @Test func `what the disk has no room for is taken only where nothing else is to be had`() throws {
        func best(crowded: [Precision], available: Int) throws -> Precision {
            try PrecisionChoice(
                weights: [(.f32, 20 << 30), (.q8, 11 << 30), (.q4, 6 << 30)],
                crowded: crowded,
                available: available,
                work: { _ in 0 }
            )
            .best()
        }
        #expect(try best(crowded: [.q8], available: 64 << 30) == .q4)
        #expect(try best(crowded: [.q8, .q4], available: 64 << 30) == .f32)
        #expect(
            try best(crowded: [.q8, .q4], available: 8 << 30) == .q4,
            "whose packing says how much room is missing"
        )
    }

    @Test func `what weights and work leave may be kept for later, and never less than nothing`() throws {
        let files = try ModelFiles(directory: checkout + "/Models/shapes")
        let needed = files.weightBytes(at: .f32) + files.workBytes(tokens: 0, at: .f32)
        #expect(files.spareBytes(of: needed + 7, at: .f32) == 7)
        #expect(files.spareBytes(of: needed, at: .f32) == 0 && files.spareBytes(of: 0, at: .f32) == 0)
    }

    @Test func `a model that does not fit is refused with the numbers and with what fits`() {
        let sizes: [(Precision, Int)] = [(.f32, 20_600_000_000), (.q8, 10_900_000_000), (.q4, 6_200_000_000)]
        func refusal(_ precision: Precision, _ available: Int) -> String? {
            do throws(MemoryError) {
                try PrecisionChoice(weights: sizes, available: available) { _ in 1_000_000_000 }.check(precision)
                return nil
            } catch {
                return error.description
            }
        }
        #expect(refusal(.q4, 7_200_000_000) == nil)
        #expect(
            refusal(.f32, 8_000_000_000)
                == "the model needs 21.6 GB of memory in f32 and 8.0 GB are free: --precision q4 needs 7.2 GB"
        )
        #expect(
            refusal(.q8, 4_000_000_000)
                == "the model needs 11.9 GB of memory in q8 and 4.0 GB are free, and --precision q4 needs 7.2 GB: "
                + "close other programs, or take a machine with more"
        )
        #expect(
            refusal(.q4, 4_000_000_000)
                == "the model needs 7.2 GB of memory in q4 and 4.0 GB are free, and it has no smaller form: "
                + "close other programs, or take a machine with more"
        )
        #expect(
            refusal(.q4, 6_500_000_000)?.hasSuffix(
                "close other programs, let it have fewer tokens, or take a machine with more"
            ) == true
        )
    }
}

private func expectNear(_ a: borrowing Tensor, _ b: borrowing Tensor, within tolerance: Float, _ what: String) {
    let squares = zip(a.elements, b.elements).map { ($0 - $1) * ($0 - $1) }.reduce(0, +)
    let distance = (squares / b.elements.map { $0 * $0 }.reduce(0, +)).squareRoot()
    #expect(distance <= tolerance, "\(what)")
}

/// A checkpoint's files, and its packed weights, in a folder that is removed with it.
final class PackedFolder {
    let path = NSTemporaryDirectory() + "glimpse-packed-" + UUID().uuidString

    init(_ checkpoint: String, _ precision: Precision) throws {
        try FileManager.default.copyItem(atPath: checkpoint, toPath: path)
        try ModelFiles(directory: path).pack(precision, isStopped: { false }, progress: { _, _ in })
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A model that reads what it is told to.
private struct Teacher {
    private let session: Session
    private(set) var logits: [Float]

    init(_ model: GLM4V, _ prompt: Prompt) throws {
        session = Session(model)
        logits = try session.prefill(prompt, features: try prompt.pictures.map { try model.look(at: $0) }).elements
    }

    var likeliest: Int { logits.indices.max { logits[$0] < logits[$1] } ?? 0 }

    mutating func read(_ token: Int) throws { logits = try session.step(token).elements }
}

/// Σ p (log p - log q) for the probabilities that the logits stand for.
private func kullbackLeibler(_ p: [Float], _ q: [Float]) -> Float {
    func logarithms(_ logits: [Float]) -> [Float] {
        let top = logits.max() ?? 0
        let total = log(logits.map { exp($0 - top) }.reduce(0, +))
        return logits.map { $0 - top - total }
    }
    return zip(logarithms(p), logarithms(q)).map { exp($0) * ($0 - $1) }.reduce(0, +)
}
