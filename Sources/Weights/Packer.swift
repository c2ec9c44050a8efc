import Foundation
package import Tensors

/// Writes the matrices of a checkpoint into a packed file beside it, in pieces of some megabytes.
package struct Packer {
    private let checkpoint: Checkpoint
    private let precision: Precision
    private let outputs: [Output]

    /// Source bytes that are in memory at once.
    private static let piece = 16 << 20

    private struct Output {
        let name: String
        let source: TensorInfo
        let format: Matrix.Format?
        var bytes = 0..<0

        var rows: Int { source.shape.first ?? 1 }
        var columns: Int { source.shape.dropFirst().reduce(1, *) }

        var shape: [Int] { format?.layout(rows: rows, columns: columns) ?? source.shape }
        var dtype: DType { format == nil ? source.dtype : .u8 }
        var count: Int { format?.bytes(rows: rows, columns: columns) ?? source.bytes.count }
    }

    /// `format` says in what a tensor is packed, by its name and shape; nil leaves it as it is.
    package init(
        _ checkpoint: Checkpoint,
        as precision: Precision,
        format: (_ name: String, _ shape: [Int]) -> Matrix.Format?
    ) {
        self.checkpoint = checkpoint
        self.precision = precision
        let outputs = checkpoint.tensors.map { name, tensor in
            let isNumber = [.f32, .bf16, .f16].contains(tensor.dtype) && tensor.bytes.count > 0
            return Output(name: name, source: tensor, format: isNumber ? format(name, tensor.shape) : nil)
        }
        // Blocks first, which are multiples of a cache line; then what is wider than a byte, the wider first.
        var end = 0
        self.outputs = outputs.sorted { a, b in
            (a.format == nil ? 1 : 0, -a.source.dtype.bitsPerElement, a.name)
                < (b.format == nil ? 1 : 0, -b.source.dtype.bitsPerElement, b.name)
        }.map { output in
            var output = output
            output.bytes = end..<end + output.count
            end = output.bytes.upperBound
            return output
        }
    }

    /// How many bytes of tensors will be written.
    package var byteCount: Int { outputs.last?.bytes.upperBound ?? 0 }

    /// Packs all. `progress` hears how many bytes of the source are done, and of how many. Once `isStopped`, this throws a
    /// `CancellationError`. Where it throws, no file is left.
    package func write(
        to path: String,
        isStopped: () -> Bool = { false },
        progress: (Int, Int) -> Void = { _, _ in }
    ) throws {
        try checkRoom(for: path)
        let file = try AtomicFile(path)
        let source = try checkpoint.fingerprint()
        let header = try header(PackedMetadata(precision, source: source, checksum: String(repeating: "0", count: 16)))
        try file.write(header)
        let total = outputs.reduce(0) { $0 + $1.source.bytes.count }
        var done = 0
        for output in outputs {
            try copy(output) { bytes, count in
                guard !isStopped() else { throw CancellationError() }
                try file.write(bytes)
                done += count
                progress(done, total)
            }
        }
        let checksum = try file.mapped().checksum(from: header.count)
        try file.writeStart(try self.header(PackedMetadata(precision, source: source, checksum: checksum)))
        guard try checkpoint.fingerprint() == source else { throw WeightsError.changed(file: path) }
        try file.finish()
    }

    /// Hands on a tensor's bytes as they will lie in the file, piece by piece, with how many source bytes they are of.
    private func copy(_ output: Output, _ emit: ([UInt8], Int) throws -> Void) throws {
        let source = output.source
        guard let format = output.format, let from = Matrix.Format(source.dtype) else {
            for start in stride(from: 0, to: source.bytes.count, by: Self.piece) {
                let bytes = try checkpoint.bytes(of: source, start..<min(start + Self.piece, source.bytes.count))
                try emit(bytes, bytes.count)
            }
            return
        }
        let rowBytes = from.bytes(rows: 1, columns: output.columns)
        let rows = max(1, Self.piece / rowBytes / format.rowsPerStrip) * format.rowsPerStrip
        for start in stride(from: 0, to: output.rows, by: rows) {
            let count = min(rows, output.rows - start)
            let bytes = try checkpoint.bytes(of: source, start * rowBytes..<(start + count) * rowBytes)
            try emit(format.packed(bytes, from, rows: count, columns: output.columns), bytes.count)
        }
    }

    /// The length of the JSON, and the JSON, filled up so that tensors begin at a cache line.
    private func header(_ metadata: PackedMetadata) throws -> [UInt8] {
        var fields: [String: Any] = ["__metadata__": metadata.fields]
        for output in outputs {
            fields[output.name] = [
                "dtype": output.dtype.rawValue, "shape": output.shape,
                "data_offsets": [output.bytes.lowerBound, output.bytes.upperBound],
            ]
        }
        var text = [UInt8](try JSONSerialization.data(withJSONObject: fields, options: .sortedKeys))
        while (8 + text.count) % 64 != 0 { text.append(UInt8(ascii: " ")) }
        return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> ($0 * 8)) } + text
    }

    private func checkRoom(for path: String) throws {
        let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let system = try? FileManager.default.attributesOfFileSystem(forPath: directory)
        guard let free = (system?[.systemFreeSize] as? NSNumber)?.intValue, free < byteCount else { return }
        throw PackingError.noRoom(directory: directory, needed: byteCount, free: free)
    }
}

extension Matrix.Format {
    /// The format of stored numbers; nil for what we do not compute with.
    init?(_ dtype: DType) {
        switch dtype {
        case .f32: self = .f32
        case .bf16: self = .bf16
        case .f16: self = .f16
        default: return nil
        }
    }
}
