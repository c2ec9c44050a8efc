import Foundation
internal import Tensors

/// Where a model's packed files are, or are to be: beside the checkpoint or, where that folder takes no new file (the system's
/// own, a read-only mount), in a folder of the user's cache that is named after it.
package struct PackedLocation {
    private let beside: String
    /// nil where the user has no cache.
    private let cache: String?
    private let isWritable: Bool

    package init(of directory: String) {
        self.init(
            of: directory,
            environment: ProcessInfo.processInfo.environment,
            isWritable: FileManager.default.isWritableFile(atPath: directory)
        )
    }

    init(of directory: String, environment: [String: String], isWritable: Bool) {
        beside = directory
        self.isWritable = isWritable
        // A path that is not absolute is to be ignored: "XDG Base Directory Specification".
        let folder = ["XDG_CACHE_HOME", "HOME"].lazy.compactMap { name in
            environment[name].flatMap { $0.hasPrefix("/") ? $0 + (name == "HOME" ? "/.cache" : "") : nil }
        }.first
        let model = URL(fileURLWithPath: directory).standardizedFileURL.resolvingSymlinksInPath()
        var sum = Checksum()
        sum.add(Array(model.path.utf8))
        cache = folder.map { "\($0)/glimpse/\(model.lastPathComponent)-\(sum.text)" }
    }

    /// The file of a precision: the one that is there, the one beside the checkpoint first, or else where it can be written. nil
    /// for a precision that is not packed.
    package func file(_ precision: Precision) -> String? {
        guard let name = precision.fileName else { return nil }
        guard let cache else { return "\(beside)/\(name)" }
        let places = [beside, cache].map { "\($0)/\(name)" }
        return places.first(where: FileManager.default.fileExists) ?? places[isWritable ? 0 : 1]
    }
}
