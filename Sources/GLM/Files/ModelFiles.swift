import Foundation
import Tensors
import Weights

/// A model's folder, before the model is loaded: how large it is at each precision, and what must be packed first.
package struct ModelFiles {
    package let directory: String
    private let config: Configuration
    private let location: PackedLocation
    /// What the folder holds as Hugging Face has it, where it does.
    private let checkpoint: Checkpoint?

    /// Throws where there is neither checkpoint nor packed file; what is packed needs no checkpoint, unless it is to be made.
    package init(directory: String, needsCheckpoint: Bool = false) throws {
        self.directory = directory
        config = try Configuration(directory: directory)
        let location = PackedLocation(of: directory)
        self.location = location
        let hasPacked = Precision.allCases.contains { location.file($0).map(Self.isThere) ?? false }
        checkpoint =
            hasPacked && !needsCheckpoint ? try? Checkpoint(directory: directory) : try Checkpoint(directory: directory)
    }

    /// The precisions at hand, or a packing away.
    package var precisions: [Precision] { Precision.allCases.filter { checkpoint != nil || isPacked($0) } }

    /// Whether the packed file is there; one that is not sound is told when it is opened.
    package func isPacked(_ precision: Precision) -> Bool {
        location.file(precision).map(Self.isThere) ?? false
    }

    /// Whether the disk has room for the packed file, where it is not there yet.
    package func hasRoom(for precision: Precision) -> Bool {
        guard !isPacked(precision), let path = location.file(precision), let packer = packer(precision) else {
            return true
        }
        return packer.hasRoom(for: path)
    }

    /// How many bytes the weights take in memory.
    package func weightBytes(at precision: Precision) -> Int {
        if precision == .f32 { return checkpoint?.byteCount ?? 0 }
        if let path = location.file(precision), let size = Self.size(path) { return size }
        return packer(precision)?.byteCount ?? 0
    }

    /// How many bytes a conversation of `tokens` takes beside the weights: its cache, and what a forward pass works in.
    package func workBytes(tokens: Int, at precision: Precision) -> Int {
        let text = config.text
        return text.cacheBytesPerToken(text.cacheFormat(precision)) * min(tokens, text.contextLength) + 256 << 20
    }

    /// How many of so many free bytes weights and work leave for what is kept for later.
    package func spareBytes(of available: Int, at precision: Precision) -> Int {
        max(0, available - weightBytes(at: precision) - workBytes(tokens: 0, at: precision))
    }

    /// Packs the model. `progress` hears how many bytes are done, and of how many.
    package func pack(
        _ precision: Precision,
        isStopped: () -> Bool,
        progress: (Int, Int) -> Void
    ) throws {
        guard let path = location.file(precision), let packer = packer(precision) else { return }
        try packer.write(to: path, isStopped: isStopped, progress: progress)
    }

    private func packer(_ precision: Precision) -> Packer? {
        checkpoint.map { checkpoint in
            Packer(checkpoint, as: precision) { name, shape in
                PackingPlan.format(of: name, shape: shape, at: precision, vision: config.vision)
            }
        }
    }

    private static func isThere(_ path: String) -> Bool { size(path) != nil }

    private static func size(_ path: String) -> Int? {
        let attributes = try? FileManager.default.attributesOfItem(
            atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        )
        return (attributes?[.size] as? NSNumber)?.intValue
    }
}

extension TextConfiguration {
    /// Two bytes a number beside packed weights, whose own error is larger by far.
    func cacheFormat(_ precision: Precision) -> KVCache.Format {
        precision == .f32 ? .f32 : .compact(headSize: headSize)
    }

    /// The memory that one token takes in a cache.
    func cacheBytesPerToken(_ format: KVCache.Format) -> Int {
        KVCache.bytesPerToken(layers: layers, heads: keyValueHeads, headSize: headSize, format: format)
    }
}
