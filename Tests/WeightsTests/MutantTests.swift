import Foundation
import Testing
import Weights

/// Damage at random, but the same damage at each run.
struct MutantTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    @Test func `two thousand mutants of a healthy file load or are refused`() throws {
        let healthy = Array(try Data(contentsOf: URL(filePath: golden("single") + "/model.safetensors")))
        var random = SplitMix(state: 20_260_101)
        var (loaded, reasons): (Int, Set<String>) = (0, [])
        for _ in 0..<2000 {
            let path = try folder.write(mutant(of: healthy, &random))
            do throws(WeightsError) {
                let root = try Checkpoint(file: path).root
                try readAll(root, try Checkpoint(file: path).tensors)
                loaded += 1
            } catch {
                #expect(!error.description.contains("\n"))
                reasons.insert(String(error.description.dropFirst(path.count).prefix(60)))
            }
        }
        // Enough of both that the mutants are neither all noise nor all harmless.
        #expect(loaded > 20 && loaded < 1000, "\(loaded)")
        #expect(reasons.count > 20, "\(reasons)")
    }

    private func readAll(_ root: WeightScope, _ tensors: [String: TensorInfo]) throws(WeightsError) {
        for (name, tensor) in tensors where [.f32, .bf16, .f16].contains(tensor.dtype) {
            _ = try root.floats(name)
            if !tensor.shape.isEmpty { _ = try root.matrix(name, shape: tensor.shape) }
        }
    }

    /// One to four bytes of the header changed, removed, doubled or swapped for what JSON finds interesting.
    private func mutant(of healthy: [UInt8], _ random: inout SplitMix) -> [UInt8] {
        let headerEnd = 8 + Int(healthy[0]) + Int(healthy[1]) << 8
        var header = Array(healthy[8..<headerEnd])
        let interesting = Array(#"{}[]",:\0123456789-eu"#.utf8) + [0x00, 0x80, 0xFF, 0x20]
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let at = Int.random(in: 0..<header.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: header[at] = UInt8.random(in: .min ... .max, using: &random)
            case 1: header[at] = interesting.randomElement(using: &random) ?? 0
            case 2: header.remove(at: at)
            case 3: header.insert(header[at], at: at)
            default: header[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
        }
        var file = crafted(header, data: Array(healthy[headerEnd...]))
        // Now and then the length or the end of the file is wrong as well.
        if Int.random(in: 0..<8, using: &random) == 0 { file[Int.random(in: 0..<8, using: &random)] ^= 1 }
        if Int.random(in: 0..<8, using: &random) == 0 {
            file.removeLast(Int.random(in: 0..<file.count, using: &random))
        }
        return file
    }
}

/// SplitMix64: small, seeded, and the same everywhere.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
