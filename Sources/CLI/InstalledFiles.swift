import Foundation

/// What is installed beside the program: the bundled model and the page.
enum InstalledFiles {
    /// The file of this name in the first of the places that has it.
    static func find(_ name: String) throws -> URL {
        let candidates =
            roots.map { $0.appendingPathComponent(name) }
            + checkouts.map { root in
                root.appendingPathComponent(name.hasPrefix("Public/") ? "Sources/Server/" + name : name)
            }
        if let found = candidates.first(where: { FileManager.default.fileExists(atPath: $0.path) }) { return found }
        throw InstalledFilesError.notFound(name: name, searched: (roots + checkouts).map(\.path))
    }

    /// `GLIMPSE_HOME`, then `share/glimpse` beside the binary's `bin`.
    private static var roots: [URL] {
        let home = ProcessInfo.processInfo.environment["GLIMPSE_HOME"] ?? ""
        let named = home.isEmpty ? [] : [URL(fileURLWithPath: home, isDirectory: true)]
        return named
            + [binaryFolder?.deletingLastPathComponent().appendingPathComponent("share/glimpse")].compactMap { $0 }
    }

    /// The folders above `.build/<triple>/release`.
    private static var checkouts: [URL] {
        guard let folder = binaryFolder else { return [] }
        return Array(sequence(first: folder) { $0.deletingLastPathComponent() }.prefix(5).dropFirst())
    }

    private static var binaryFolder: URL? {
        Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
    }
}

enum InstalledFilesError: Error, Equatable, CustomStringConvertible {
    case notFound(name: String, searched: [String])

    var description: String {
        switch self {
        case .notFound(let name, let searched):
            "\(name) is in none of \(searched.joined(separator: ", ")): install Glimpse again, or set GLIMPSE_HOME"
        }
    }
}
