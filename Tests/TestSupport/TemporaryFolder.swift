import Foundation

/// A folder that is gone when its owner is.
package final class TemporaryFolder {
    private let url = FileManager.default.temporaryDirectory.appendingPathComponent("glimpse-\(UUID())")
    package var path: String { url.path }

    package init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: url) }

    package func file(_ name: String) throws -> FileHandle {
        let target = url.appendingPathComponent(name)
        try Data().write(to: target)
        return try FileHandle(forWritingTo: target)
    }

    @discardableResult package func write(_ data: Data, to name: String) throws -> String {
        let target = url.appendingPathComponent(name)
        try data.write(to: target)
        return target.path
    }

    package func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: url.appendingPathComponent(name)), as: UTF8.self)
    }

    package var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}
