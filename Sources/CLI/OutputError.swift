/// Why what was made could not be handed over.
enum OutputError: Error, Equatable, CustomStringConvertible {
    case unwritable(path: String)
    case full

    var description: String {
        switch self {
        case .unwritable(let path): "cannot write \(path): choose a folder that exists or may be made, with room in it"
        case .full: "standard output takes no more: is the disk full, or the reader gone?"
        }
    }
}
