import Foundation

/// Where a model is.
enum ModelFolder {
    private static let bundled = "Models/shapes"

    /// The folder that was named, or the bundled model, of which standard error is told.
    static func find(_ named: String?) throws -> String {
        if let named { return named }
        for root in roots {
            let folder = root.appendingPathComponent(bundled)
            guard FileManager.default.fileExists(atPath: folder.appendingPathComponent("config.json").path) else {
                continue
            }
            Terminal.note("the bundled demonstration model answers: it knows simple moving shapes")
            return folder.path
        }
        throw ModelError.notFound(searched: roots.map(\.path))
    }

    /// `GLIMPSE_HOME`, then `share/glimpse` beside the binary's `bin`, then the folders above the binary: the checkout.
    private static var roots: [URL] {
        var roots: [URL] = []
        if let home = ProcessInfo.processInfo.environment["GLIMPSE_HOME"], !home.isEmpty {
            roots.append(URL(fileURLWithPath: home, isDirectory: true))
        }
        guard let binary = Bundle.main.executableURL?.resolvingSymlinksInPath() else { return roots }
        var folder = binary.deletingLastPathComponent()
        roots.append(folder.deletingLastPathComponent().appendingPathComponent("share/glimpse"))
        for _ in 0..<4 {  // .build/<triple>/release
            folder.deleteLastPathComponent()
            roots.append(folder)
        }
        return roots
    }
}

enum ModelError: Error, CustomStringConvertible {
    case notFound(searched: [String])

    var description: String {
        switch self {
        case .notFound(let searched):
            "the bundled model is in none of \(searched.joined(separator: ", ")): name a model with --model, or set GLIMPSE_HOME"
        }
    }
}
