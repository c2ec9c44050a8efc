import Foundation

/// Where a model is.
enum ModelFolder {
    /// The folder that was named, or the bundled model, of which standard error is told.
    static func find(_ named: String?) throws -> String {
        if let named { return named }
        let folder = try bundled
        Terminal.note("the bundled demonstration model answers: it knows simple moving shapes")
        return folder
    }

    /// The small model that comes with the program.
    static var bundled: String {
        get throws { try InstalledFiles.find("Models/shapes/config.json").deletingLastPathComponent().path }
    }
}
