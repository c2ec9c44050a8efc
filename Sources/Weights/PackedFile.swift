internal import Tensors

/// What a packed checkpoint says of itself under `__metadata__`.
///
///     {"format": "glimpse", "version": "1", "precision": "q4", "source": "…", "checksum": "…"}
///
/// `source` is the fingerprint of the checkpoint that was packed, `checksum` that of all bytes after the header.
struct PackedMetadata {
    static let version = "1"
    private static let format = "glimpse"

    let precision: Precision
    let source, checksum: String

    var fields: [String: String] {
        [
            "format": Self.format, "version": Self.version, "precision": precision.rawValue, "source": source,
            "checksum": checksum,
        ]
    }

    init(_ precision: Precision, source: String, checksum: String) {
        self.precision = precision
        self.source = source
        self.checksum = checksum
    }

    /// Reads what a file says, and refuses what is not packed, not by us, or not for this program.
    init(_ fields: [String: String], expecting precision: Precision) throws(PackedFault) {
        guard fields["format"] == Self.format else { throw .notPacked }
        let version = fields["version"] ?? "none"
        guard version == Self.version else { throw .version(version, expected: Self.version) }
        let found = fields["precision"] ?? "none"
        guard found == precision.rawValue else { throw .precision(found, expected: precision.rawValue) }
        self.init(precision, source: fields["source"] ?? "", checksum: fields["checksum"] ?? "")
    }
}

extension Checkpoint {
    /// Opens the packed file of a model's folder. Where the checkpoint that it was made from is still there, it must be the
    /// same.
    init(packed precision: Precision, directory: String) throws(WeightsError) {
        let path = PackedLocation(of: directory).file(precision) ?? ""
        let command = precision.command(for: directory)
        do throws(WeightsError) {
            try self.init(file: path)
        } catch {
            switch error {
            case .absent: throw .packed(file: path, .absent, command: command)
            case .truncated(_, let expected, let found):
                throw .packed(file: path, .unsound("it holds \(found) of \(expected) bytes"), command: command)
            case .header(_, let fault): throw .packed(file: path, .unsound(fault.description), command: command)
            default: throw error
            }
        }
        do throws(PackedFault) {
            let packed = try PackedMetadata(metadata, expecting: precision)
            guard let source = try Self.fingerprint(ofSourceIn: directory) else { return }
            guard source == packed.source else { throw .otherModel }
        } catch {
            throw .packed(file: path, error, command: command)
        }
    }

    /// The fingerprint of what a packed file was made from; nil where that is gone, or a part of it.
    private static func fingerprint(ofSourceIn directory: String) throws(PackedFault) -> String? {
        do throws(WeightsError) {
            return try Checkpoint(directory: directory).fingerprint()
        } catch .noCheckpoint, .absent {
            return nil
        } catch {
            throw .unreadableSource(error.description)
        }
    }

    /// Whether a model's folder has a sound packed file of its checkpoint, every byte of which is as it was written.
    package static func hasPacked(_ precision: Precision, directory: String) -> Bool {
        guard let packed = try? Checkpoint(packed: precision, directory: directory),
            let metadata = try? PackedMetadata(packed.metadata, expecting: precision),
            let checksum = try? packed.files.first?.checksum(from: packed.dataStart)
        else { return false }
        return checksum == metadata.checksum
    }

    /// Where the first tensor of the first file begins.
    private var dataStart: Int { tensors.values.map(\.bytes.lowerBound).min() ?? 0 }

    /// A sum over what tensors there are and a little of each, enough to tell two checkpoints apart without reading all of both:
    /// one in which a single matrix was trained further differs all over that matrix.
    func fingerprint() throws(WeightsError) -> String {
        let (samples, bytes) = (4, 64)
        var sum = Checksum()
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            sum.add(Array("\(name) \(tensor.dtype.rawValue) \(tensor.shape)".utf8))
            let last = max(0, tensor.bytes.count - bytes)
            for i in 0..<samples {
                let start = last / (samples - 1) * i
                sum.add(try self.bytes(of: tensor, start..<min(tensor.bytes.count, start + bytes)))
            }
            sum.add(try self.bytes(of: tensor, last..<tensor.bytes.count))
        }
        return sum.text
    }
}

extension MappedFile {
    /// The checksum of all bytes from `start` on.
    func checksum(from start: Int) throws(WeightsError) -> String {
        let piece = 1 << 22
        var sum = Checksum()
        for at in stride(from: start, to: count, by: piece) { sum.add(try read(at..<min(at + piece, count))) }
        return sum.text
    }
}

extension Checksum {
    /// Sixteen hexadecimal digits, whatever the value.
    var text: String { Self.text(of: value) }

    static func text(of value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
