import Foundation
package import Tensors

/// Writes the matrices of a checkpoint into a packed file beside it, in pieces of some megabytes.
///
/// Until all is written, the header has, in the place of the checksum, how many bytes are surely on the disk: the next one goes
/// on from there.
package struct Packer {
    private let checkpoint: Checkpoint
    private let precision: Precision
    private let outputs: [Output]

    /// Source bytes that are in memory at once.
    private static let piece = 16 << 20
    /// How many bytes are written between two notes of how far it is.
    private static let stretch = 512 << 20

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

        /// What a row takes in the checkpoint; of what is not packed, a byte.
        var rowBytes: Int { format.flatMap { _ in Matrix.Format(source.dtype) }?.bytes(rows: 1, columns: columns) ?? 1 }
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

    /// Packs all that an earlier one has not. `progress` hears how many bytes of the source are done, and of how many. Once
    /// `isStopped`, this throws a `CancellationError`, and what is done is kept for the next one; where it throws anything else,
    /// nothing is left.
    package func write(
        to path: String,
        room: (_ directory: String) -> Int? = Self.freeBytes,
        isStopped: () -> Bool = { false },
        progress: (Int, Int) -> Void = { _, _ in }
    ) throws {
        let isNew = try Self.makeFolder(of: path)
        do {
            try write(AtomicFile(path), path, room, isStopped, progress)
        } catch {
            if isNew { unsafe rmdir(Self.folder(of: path)) }  // which does nothing where something was kept
            throw error
        }
    }

    private func write(
        _ file: AtomicFile,
        _ path: String,
        _ room: (String) -> Int?,
        _ isStopped: () -> Bool,
        _ progress: (Int, Int) -> Void
    ) throws {
        let source = try checkpoint.fingerprint()
        let start = try header(source, 0).count
        let known = try resume(file, source)
        try checkRoom(for: path, byteCount - known, room)
        let total = outputs.reduce(0) { $0 + $1.source.bytes.count }
        var (done, written, noted) = (0, 0, known)
        for piece in pieces {
            if isStopped() {
                try file.writeStart(header(source, max(known, written)))
                file.keep()
                throw CancellationError()
            }
            if written >= known { try file.write(bytes(of: piece)) }
            (done, written) = (done + piece.source.count, written + piece.count)
            if written - noted >= Self.stretch {
                try file.writeStart(header(source, written))
                noted = written
            }
            progress(done, total)
        }
        let checksum = try file.mapped().checksum(from: start)
        try file.writeStart(try header(PackedMetadata(precision, source: source, checksum: checksum)))
        guard try checkpoint.fingerprint() == source else {
            throw WeightsError.changed(file: checkpoint.files.first?.path ?? path)
        }
        try file.finish()
    }

    /// A part of a tensor: whole strips of a matrix that is packed.
    private struct Piece {
        let output: Output
        /// Bytes of the tensor in the checkpoint, and how many they become.
        let source: Range<Int>
        let count: Int
    }

    /// All that is to be written, in its order.
    private var pieces: [Piece] {
        outputs.flatMap { output in
            let (size, bytes) = (output.source.bytes.count, output.rowBytes)
            let strip = output.format?.rowsPerStrip ?? 1
            let step = max(1, Self.piece / max(1, bytes) / strip) * strip * bytes
            return stride(from: 0, to: size, by: max(1, step)).map { start in
                let range = start..<min(start + step, size)
                let rows = range.count / bytes
                return Piece(
                    output: output,
                    source: range,
                    count: output.format?.bytes(rows: rows, columns: output.columns) ?? range.count
                )
            }
        }
    }

    private func bytes(of piece: Piece) throws(WeightsError) -> [UInt8] {
        let (output, bytes) = (piece.output, try checkpoint.bytes(of: piece.output.source, piece.source))
        guard let format = output.format, let from = Matrix.Format(output.source.dtype) else { return bytes }
        return format.packed(bytes, from, rows: bytes.count / output.rowBytes, columns: output.columns)
    }

    /// How many bytes of tensors an earlier one has left in the file; what follows them is dropped.
    private func resume(_ file: AtomicFile, _ source: String) throws -> Int {
        let found = file.beginning(try header(source, 0).count)
        let known = try Self.noted(in: found).flatMap { try header(source, $0) == found && isEnd($0) ? $0 : nil } ?? 0
        if known > 0, try file.resume(at: found.count + known) { return known }
        _ = try file.resume(at: 0)
        try file.write(header(source, 0))
        return 0
    }

    /// Whether a piece ends after so many bytes.
    private func isEnd(_ bytes: Int) -> Bool {
        var end = 0
        return pieces.contains { piece in
            end += piece.count
            return end == bytes
        }
    }

    /// What a header has in the place of the checksum, read as how many bytes are written.
    private static func noted(in header: [UInt8]) -> Int? {
        guard header.count > 8,
            let fields = try? JSONSerialization.jsonObject(with: Data(header.dropFirst(8))) as? [String: Any],
            let metadata = fields["__metadata__"] as? [String: String]
        else { return nil }
        return metadata["checksum"].flatMap { Int($0, radix: 16) }
    }

    private func header(_ source: String, _ written: Int) throws -> [UInt8] {
        try header(PackedMetadata(precision, source: source, checksum: Checksum.text(of: UInt64(written))))
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

    /// Whether all that is to be written to `path` has room there; what an earlier one left counts as free.
    package func hasRoom(for path: String) -> Bool {
        Self.freeBytes(Self.folder(of: path)).map { $0 + AtomicFile.leftBytes(path) >= byteCount } ?? true
    }

    private static func folder(of path: String) -> String {
        URL(fileURLWithPath: path).deletingLastPathComponent().path
    }

    /// Whether it had to be made.
    private static func makeFolder(of path: String) throws(PackingError) -> Bool {
        guard !FileManager.default.fileExists(atPath: folder(of: path)) else { return false }
        do {
            try FileManager.default.createDirectory(atPath: folder(of: path), withIntermediateDirectories: true)
        } catch {
            throw .unwritable(file: path, reason: "its folder cannot be made")
        }
        return true
    }

    private func checkRoom(for path: String, _ needed: Int, _ room: (String) -> Int?) throws(PackingError) {
        let directory = Self.folder(of: path)
        guard let free = room(directory), free < needed else { return }
        throw .noRoom(directory: directory, needed: needed, free: free)
    }

    /// How many bytes may still be written to a folder, or to the one that it would be made in; nil where the system does not say.
    package static func freeBytes(_ directory: String) -> Int? {
        var folder = directory
        while folder != "/", !FileManager.default.fileExists(atPath: folder) { folder = Self.folder(of: folder) }
        let system = try? FileManager.default.attributesOfFileSystem(forPath: folder)
        return (system?[.systemFreeSize] as? NSNumber)?.intValue
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
