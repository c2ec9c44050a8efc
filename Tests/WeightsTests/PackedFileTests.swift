import Foundation
import Tensors
import Testing

@testable import Weights

/// A small checkpoint is packed, and what was packed is damaged in many ways.
struct PackedFileTests {
    private let folder: Folder
    private var packed: String { folder.path + "/model.q4.safetensors" }
    private var partial: String { folder.path + "/.model.q4.safetensors.partial" }

    init() throws {
        folder = try Folder()
        try writeSource(seed: 1)
    }

    @Test(arguments: [Precision.q8, .q4])
    func `what is packed comes back, in the format that was asked for`(precision: Precision) throws {
        try pack(precision)
        let root = try Checkpoint(directory: folder.path, precision: precision).root
        let matrix = try root.matrix("matrix", shape: [20, 130])
        #expect(matrix.format == precision.format)
        let source = try Checkpoint(directory: folder.path).root.matrix("matrix", shape: [20, 130])
        let largest = source.elements.map(abs).max() ?? 0
        for (a, b) in zip(matrix.elements, source.elements) { #expect(abs(a - b) < 0.13 * largest) }
        #expect(try root.vector("bias", count: 3) == [1, 2, 3])
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [
                precision.fileName, "model.safetensors",
            ]
        )
        #expect(Checkpoint.hasPacked(precision, directory: folder.path))
    }

    @Test func `a matrix that would be cut inside a strip is refused`() throws {
        try pack(.q4)
        let root = try Checkpoint(directory: folder.path, precision: .q4).root
        #expect(throws: WeightsError.shape(tensor: "matrix", expected: [20, 130], found: [2, 2, 1152])) {
            try root.matrix("matrix", shape: [20, 130], parts: 2)
        }
        #expect(throws: WeightsError.self) { try root.matrix("matrix", shape: [20, 300]) }
        #expect(throws: WeightsError.self) { try root.floats("matrix") }
    }

    @Test func `a packed file works without its source, and not beside another one`() throws {
        try pack(.q4)
        try writeSource(seed: 2)
        #expect(try refusal() == .otherModel)
        #expect(!Checkpoint.hasPacked(.q4, directory: folder.path))
        try FileManager.default.removeItem(atPath: folder.file)
        #expect(try refusal() == nil)
        // Who takes the shards away for their size leaves the small file that lists them.
        let index = #"{"weight_map":{"matrix":"model-00001-of-00001.safetensors"}}"#
        _ = try folder.write(Array(index.utf8), as: "model.safetensors.index.json")
        #expect(try refusal() == nil)
    }

    @Test
    func
        `a file that is absent, foreign, of another version or precision is refused, and the sentence says how to pack`()
        throws
    {
        #expect(try refusal() == .absent)
        try pack(.q4)
        let healthy = try bytes()
        for (from, to, fault) in [
            ("glimpse", "Glimpse", PackedFault.notPacked),
            (#""version":"1""#, #""version":"7""#, .version("7", expected: "1")),
            (#""precision":"q4""#, #""precision":"q8""#, .precision("q8", expected: "q4")),
        ] {
            try write(replacing(from, by: to, in: healthy))
            #expect(try refusal() == fault)
        }
        let error = WeightsError.packed(file: packed, .notPacked, command: Precision.q4.command(for: folder.path))
        #expect(
            error.description.hasSuffix(
                "pack the model again, from its checkpoint, with: glimpse pack \(folder.path) --bits 4"
            )
        )
        #expect(Precision.q8.command(for: "/my models/it's") == #"glimpse pack '/my models/it'\''s' --bits 8"#)
    }

    @Test func `a file cut anywhere is refused, and damage to any byte is noticed`() throws {
        try pack(.q4)
        let healthy = try bytes()
        for count in stride(from: 0, to: healthy.count, by: 97) {
            try write(Array(healthy.prefix(count)))
            guard case .unsound = try refusal() else {
                Issue.record("\(count) bytes: \(String(describing: try refusal()))")
                continue
            }
        }
        for at in stride(from: 0, to: healthy.count, by: 61) {
            var mutant = healthy
            mutant[at] ^= 1 << UInt8(at % 8)
            try write(mutant)
            #expect(!Checkpoint.hasPacked(.q4, directory: folder.path), "byte \(at)")
            // Whatever it holds now, it is refused or multiplied with.
            guard let root = try? Checkpoint(directory: folder.path, precision: .q4).root,
                let matrix = try? root.matrix("matrix", shape: [20, 130])
            else { continue }
            #expect(Linear(weight: matrix)(Tensor(rows: 2, columns: 130)).elements.count == 40)
        }
    }

    @Test func `packing that was stopped goes on where it was, and gives the same bytes`() throws {
        try pack(.q4)
        let whole = try bytes()
        try FileManager.default.removeItem(atPath: packed)
        var done: [Int] = []
        #expect(throws: CancellationError.self) { try pack(.q4, isStopped: { !done.isEmpty }) { done.append($0) } }
        #expect(done.count == 1)
        let left = try Data(contentsOf: URL(fileURLWithPath: partial))
        #expect(left.count > whole.count / 2 && left.count < whole.count)
        // What stands there is taken as it is: a mark in the middle of it shows in the end.
        var marked = left
        marked[left.count - 1] ^= 1
        try marked.write(to: URL(fileURLWithPath: partial))
        try pack(.q4)
        let differing = zip(whole, try bytes()).enumerated().filter { $1.0 != $1.1 }.map(\.offset)
        #expect(differing.contains(left.count - 1) && differing.allSatisfy { $0 < 600 || $0 == left.count - 1 })
        try left.write(to: URL(fileURLWithPath: partial))
        try pack(.q4)
        #expect(try bytes() == whole)
        #expect(!FileManager.default.fileExists(atPath: partial))
    }

    @Test func `room is needed only for what is not there yet`() throws {
        try pack(.q4)
        let whole = try bytes()
        try FileManager.default.removeItem(atPath: packed)
        let needed = 2 * 2 * 1152 + 12  // strips, blocks, their bytes, and the bias
        #expect(throws: PackingError.noRoom(directory: folder.path, needed: needed, free: needed - 1)) {
            try pack(.q4, room: needed - 1)
        }
        #expect(!FileManager.default.fileExists(atPath: partial), "nothing is left behind")
        var done: [Int] = []
        #expect(throws: CancellationError.self) { try pack(.q4, isStopped: { !done.isEmpty }) { done.append($0) } }
        try pack(.q4, room: 12)
        #expect(try bytes() == whole)
    }

    @Test func `beside a source that cannot be read nothing is taken for its packed form`() throws {
        try pack(.q4)
        _ = try folder.write(Array("no safetensors".utf8))
        guard case .unreadableSource(let reason) = try refusal() else {
            Issue.record("it was not refused for that")
            return
        }
        #expect(reason.contains("model.safetensors"))
        let error = WeightsError.packed(file: packed, .unreadableSource("it is cut"), command: "pack it")
        #expect(error.description.hasSuffix("(it is cut): mend that checkpoint, or take it away"))
    }

    @Test func `what another checkpoint, a longer past or a stranger left is not gone on with`() throws {
        var done: [Int] = []
        #expect(throws: CancellationError.self) { try pack(.q4, isStopped: { !done.isEmpty }) { done.append($0) } }
        let left = try Data(contentsOf: URL(fileURLWithPath: partial))
        let strangers = [Data(), Data(repeating: 7, count: 100_000), left.prefix(40), left.dropLast(100), left + left]
        for stranger in strangers {
            try stranger.write(to: URL(fileURLWithPath: partial))
            try pack(.q4)
            #expect(Checkpoint.hasPacked(.q4, directory: folder.path))
        }
        try left.write(to: URL(fileURLWithPath: partial))
        try writeSource(seed: 2)
        try pack(.q4)
        let found = try bytes()
        try FileManager.default.removeItem(atPath: packed)
        try pack(.q4)
        #expect(try bytes() == found)
    }

    @Test func `two cannot write the same file at once`() throws {
        let first = try AtomicFile(packed)
        #expect(throws: PackingError.busy(file: packed)) { try AtomicFile(packed) }
        #expect(FileManager.default.fileExists(atPath: partial), "the second leaves the first's file alone")
        try first.write([1, 2, 3])
        try first.finish()
        #expect(try bytes() == [1, 2, 3])
    }

    @Test func `a checkpoint of which one matrix was trained further is another one`() throws {
        try pack(.q4)
        #expect(try refusal() == nil)
        var source = try Data(contentsOf: URL(fileURLWithPath: folder.file))
        source[source.count - 12 - 1] ^= 1  // the last byte before the bias
        try source.write(to: URL(fileURLWithPath: folder.file))
        #expect(try refusal() == .otherModel)
    }

    @Test func `a link, a pipe or a finished file in the place of the unfinished one is not written to`() throws {
        let other = folder.path + "/precious"
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: other))
        try FileManager.default.createSymbolicLink(atPath: partial, withDestinationPath: other)
        #expect(throws: PackingError.self) { try AtomicFile(packed) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: other)) == Data([1, 2, 3]))
        try FileManager.default.removeItem(atPath: partial)
        unsafe mkfifo(partial, 0o600)
        #expect(throws: PackingError.self) { try AtomicFile(packed) }
        #expect(FileManager.default.fileExists(atPath: partial), "it is not ours to remove")
    }

    @Test func `where packing fails, a folder that was made for it goes, too`() throws {
        let path = folder.path + "/cache/model/model.q4.safetensors"
        let packer = Packer(try Checkpoint(directory: folder.path), as: .q4) { _, shape in shape.count > 1 ? .q4 : nil }
        #expect(throws: PackingError.self) { try packer.write(to: path, room: { _ in 1 }) }
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/cache/model"))
    }

    @Test func `packing the same twice gives the same bytes`() throws {
        try pack(.q4)
        let first = try bytes()
        try pack(.q4)
        #expect(try bytes() == first)
    }

    private func pack(
        _ precision: Precision,
        room: Int = .max,
        isStopped: () -> Bool = { false },
        progress: (Int) -> Void = { _ in }
    ) throws {
        let packer = Packer(try Checkpoint(directory: folder.path), as: precision) { name, shape in
            shape.count > 1 ? precision.format : nil
        }
        var last = (0, 1)
        let path = folder.path + "/" + (precision.fileName ?? "")
        try packer.write(to: path, room: { _ in room }, isStopped: isStopped) {
            last = ($0, $1)
            progress($0)
        }
        #expect(last.0 == last.1)
    }

    private func refusal() throws -> PackedFault? {
        do throws(WeightsError) {
            _ = try Checkpoint(directory: folder.path, precision: .q4)
            return nil
        } catch {
            guard case .packed(packed, let fault, _) = error else { throw error }
            return fault
        }
    }

    private func writeSource(seed: UInt32) throws {
        var state = seed
        let values = (0..<20 * 130).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return (Float(state >> 8) / 8_388_608 - 1) * 0.1
        }
        let data = (values + [1, 2, 3]).flatMap { value in
            (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) }
        }
        let end = 20 * 130 * 4
        let header = "{\(entry("matrix", [20, 130], 0, end)),\(entry("bias", [3], end, end + 12))}"
        _ = try folder.write(crafted(header, data: data))
    }

    private func bytes() throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: packed))) }

    private func write(_ bytes: [UInt8]) throws { _ = try folder.write(bytes, as: "model.q4.safetensors") }

    private func replacing(_ text: String, by other: String, in bytes: [UInt8]) -> [UInt8] {
        var data = Data(bytes)
        if let range = data.firstRange(of: Data(text.utf8)) { data.replaceSubrange(range, with: Data(other.utf8)) }
        return Array(data)
    }
}
