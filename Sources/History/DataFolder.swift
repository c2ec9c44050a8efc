import Foundation

/// The folder that holds all that the server keeps: the history, the files, the frames. One process at a time uses it.
package final class DataFolder: Sendable {
    package let path: String
    private let lock: FileHandle

    /// Makes the folder, for its owner alone, and claims it until this object goes or the process ends.
    package init(path: String) throws(DataFolderError) {
        self.path = path
        do {
            try Self.make(path)
            for name in Self.folders { try Self.make(path + "/" + name) }
        } catch {
            throw .unwritable(path: path)
        }
        let file = path + "/lock"
        if !FileManager.default.fileExists(atPath: file) {
            _ = FileManager.default.createFile(atPath: file, contents: nil)
        }
        guard let lock = FileHandle(forUpdatingAtPath: file) else { throw .unwritable(path: path) }
        guard flock(lock.fileDescriptor, LOCK_EX | LOCK_NB) == 0 else { throw .inUse(path: path) }
        self.lock = lock
    }

    /// Opens the history. One that is damaged is moved aside, with the files that it spoke of, which the second value tells
    /// in a sentence.
    package func openStore() throws -> (Store, notice: String?) {
        let file = path + "/history.sqlite"
        do {
            return (try Store(path: file), nil)
        } catch StoreError.damaged(_, let reason) {
            let aside = path + "/damaged-" + Date().ISO8601Format().replacing(":", with: "-")
            try FileManager.default.createDirectory(atPath: aside, withIntermediateDirectories: false)
            let names = ["history.sqlite", "history.sqlite-wal", "history.sqlite-shm"] + Self.folders
            for name in names where FileManager.default.fileExists(atPath: path + "/" + name) {
                try FileManager.default.moveItem(atPath: path + "/" + name, toPath: aside + "/" + name)
            }
            for name in Self.folders { try Self.make(path + "/" + name) }
            let notice =
                "The history was damaged (\(reason)). It has been moved to \(aside), with its videos; a new one was begun."
            return (try Store(path: file), notice)
        }
    }

    private static let folders = ["media", "frames"]

    private static func make(_ folder: String) throws {
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
    }
}

/// Why a folder cannot hold the server's data.
package enum DataFolderError: Error, Equatable, CustomStringConvertible {
    case unwritable(path: String)
    case inUse(path: String)

    package var description: String {
        switch self {
        case .unwritable(let path):
            "cannot write in \(path): name a folder that may be made or written with --data-dir"
        case .inUse(let path):
            "another glimpse uses \(path): stop it, or name another folder with --data-dir"
        }
    }
}
