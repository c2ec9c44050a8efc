/// What can be wrong with a packed file.
package enum PackedFault: Error, Equatable {
    case absent
    case notPacked
    case version(String, expected: String)
    case precision(String, expected: String)
    case otherModel
    case unreadableSource(String)
    case unsound(String)

    /// What is to be done about it; `command` packs the model.
    func advice(_ command: String) -> String {
        switch self {
        case .absent: "pack the model, from its checkpoint, with: \(command)"
        case .unreadableSource: "mend that checkpoint, or take it away"
        default: "pack the model again, from its checkpoint, with: \(command)"
        }
    }
}

extension PackedFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .absent: "is not there"
        case .notPacked: "was not made by glimpse"
        case .version(let found, let expected): "is of version \(found) where \(expected) was expected"
        case .precision(let found, let expected): "holds \(found) where \(expected) was expected"
        case .otherModel: "was packed from another checkpoint than the one beside it"
        case .unreadableSource(let reason): "cannot be compared with the checkpoint beside it (\(reason))"
        case .unsound(let reason): "is damaged (\(reason))"
        }
    }
}

/// Why a model could not be packed.
package enum PackingError: Error, Equatable {
    case noRoom(directory: String, needed: Int, free: Int)
    case unwritable(file: String, reason: String)
    case busy(file: String)
}

extension PackingError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noRoom(let directory, let needed, let free):
            "the packed model takes \(gigabytes(needed)) more and \(directory) has room for \(gigabytes(free)): make room there"
        case .unwritable(let file, let reason):
            "\(file) cannot be written (\(reason)): is the disk full, or the folder read-only? Nothing was left behind"
        case .busy(let file):
            "another glimpse is writing \(file): wait for it to end"
        }
    }
}

/// A number of bytes for people: `6.2 GB`, `310 MB`.
package func gigabytes(_ bytes: Int) -> String {
    bytes < 1_000_000_000 ? "\(max(1, bytes / 1_000_000)) MB" : "\((Double(bytes) / 1e8).rounded() / 10) GB"
}
