import Testing
@testable import Tensors
@testable import Weights

/// Values come out of a file bit by bit as they were put in.
struct ValueTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    /// Written by Tools/golden/safetensors_files.py with the safetensors library; torch did the conversions.
    @Test(arguments: ["single", "sharded"])
    func `what the safetensors library wrote is read bit by bit`(layout: String) throws {
        let checkpoint = try Checkpoint(directory: golden(layout))
        let prefix = "expected."
        let expectations = checkpoint.tensors.keys.filter { $0.hasPrefix(prefix) }
        #expect(expectations.count == 7)
        for expectation in expectations {
            let (expectedShape, expected) = try checkpoint.root.floats(expectation)
            let (shape, values) = try checkpoint.root.floats(String(expectation.dropFirst(prefix.count)))
            #expect(shape == expectedShape)
            // Which NaN it is means nothing to us, nor to torch, which makes another of the one it is given.
            let bits = zip(values, expected).map { ($0.isNaN && $1.isNaN) || $0.bitPattern == $1.bitPattern }
            #expect(values.count == expected.count && bits.allSatisfy(\.self), "\(expectation): \(values)")
        }
        #expect(checkpoint.metadata["made by"]?.hasSuffix("seed 20260101") == true)
    }

    @Test func `every half converts as Swift's own does`() {
        #if !(os(macOS) && arch(x86_64))
        for bits in UInt16.min...UInt16.max {
            let (ours, swifts) = (Float(half: bits), Float(Float16(bitPattern: bits)))
            // Swift makes a signalling NaN quiet; which NaN it is means nothing to us.
            let agree = ours.bitPattern == swifts.bitPattern || ours.isNaN && swifts.isNaN
            if !agree { Issue.record("\(bits): \(ours) against \(swifts)") }
        }
        #endif
    }

    @Test func `a scope walks the checkpoint's names`() throws {
        let root = try Checkpoint(directory: golden("sharded")).root
        let layer = root["model"]["layers"][1]
        #expect(layer.has("bias"))
        #expect(!layer.has("weight"))
        #expect(try layer.vector("bias", count: 5) == root.floats("model.layers.1.bias").values)
    }

    @Test func `a matrix is the checkpoint's own bytes, its later dimensions flattened`() throws {
        let root = try Checkpoint(directory: golden("single")).root
        let patches = try root.matrix("model.patches", shape: [2, 3, 2, 2])
        #expect((patches.rows, patches.columns, patches.format) == (2, 12, .bf16))
        #expect(decode(bytes(of: patches), as: .bf16) == (try root.floats("expected.model.patches").values))
        let second = try root["model"]["layers"][1].matrix("matrix", shape: [3, 4])
        #expect((second.rows, second.columns, second.format) == (3, 4, .f16))
        #expect(decode(bytes(of: second), as: .f16) == (try root.floats("expected.model.layers.1.matrix").values))
    }

    @Test(arguments: 0..<4)
    func `data may lie at any byte`(padding: Int) throws {
        let header = "{\(entry("odd", [1], 0, 1, as: "U8")),\(entry("a", [1, 2], 1, 9))}"
        let spaces = String(repeating: " ", count: padding)
        let data: [UInt8] = [9, 0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0]
        let root = try Checkpoint(file: folder.write(crafted(header + spaces, data: data))).root
        #expect(try root.floats("a").values == [1, -2])
        #expect(bytes(of: try root.matrix("a", shape: [1, 2])) == Array(data.dropFirst()))
    }

    @Test func `a matrix outlives its checkpoint`() throws {
        func load() throws -> Matrix {
            try Checkpoint(directory: golden("single")).root.matrix("special.f32", shape: [7])
        }
        let matrix = try load()
        #expect((matrix.rows, matrix.columns) == (7, 1))
        #expect(decode(bytes(of: matrix), as: .f32)[2] == .leastNonzeroMagnitude)
    }

    @Test func `numbers, escapes, empty tensors and unused types are healthy`() throws {
        let header =
            #"{"__metadata__" : {"k":"\ud83d\ude00 \"\\\/\b\f\n\r\t"}, "#
            + [
                entry("scalar", [], 0, 4), entry("none", [0, 7], 4, 4), entry("float 8", [3], 4, 7, as: "F8_E4M3"),
                entry("four bits", [2, 3], 7, 10, as: "F4"), entry("end", [0], 10, 10, as: "BOOL"),
            ].joined(separator: ",\n\t") + "}   "
        let file = try folder.write(crafted(header, data: Array(repeating: 0, count: 10)))
        let checkpoint = try Checkpoint(file: file)
        #expect(checkpoint.metadata == ["k": "😀 \"\\/\u{8}\u{C}\n\r\t"])
        #expect(checkpoint.tensors.mapValues(\.shape)["four bits"] == [2, 3])
        #expect(try checkpoint.root.floats("scalar").values == [0])
        #expect(try checkpoint.root.matrix("none", shape: [0, 7]).columns == 7)
        #expect(throws: WeightsError.dtype(tensor: "float 8", found: .f8e4m3)) {
            try checkpoint.root.vector("float 8", count: 3)
        }
        #expect(throws: WeightsError.dtype(tensor: "float 8", found: .f8e4m3)) {
            try checkpoint.root.matrix("float 8", shape: [3])
        }
    }

    @Test func `a weight that is missing or misshapen is refused by name`() throws {
        let root = try Checkpoint(directory: golden("single")).root
        let layer = root["model"]["layers"][0]
        #expect(throws: WeightsError.missing(tensor: "model.layers.0.bias")) { try layer.vector("bias", count: 5) }
        for shape in [[4, 3], [12], [3, 4, 1], [3, -4]] {
            let error = WeightsError.shape(tensor: "model.layers.0.matrix", expected: shape, found: [3, 4])
            #expect(throws: error) { try layer.matrix("matrix", shape: shape) }
        }
        let error = WeightsError.shape(tensor: "model.layers.1.bias", expected: [4], found: [5])
        #expect(throws: error) { try root["model"]["layers"][1].vector("bias", count: 4) }
        let dtype = WeightsError.dtype(tensor: "counts", found: .i64)
        #expect(throws: dtype) { try root.floats("counts") }
    }
}

/// What a matrix borrows, copied.
private func bytes(of matrix: Matrix) -> [UInt8] {
    let count = matrix.format.bytes(rows: matrix.rows, columns: matrix.columns)
    return unsafe matrix.withStart { start in unsafe Array(UnsafeRawBufferPointer(start: start, count: count)) }
}
