import Foundation

/// A file that is there when it is complete, and not before: written under another name beside it, and renamed.
///
/// What is not finished is removed with its owner. What a killed process left is written over by the next one; a lock keeps
/// two from writing at once.
final class AtomicFile {
    private let path, partial: String
    private let handle: FileHandle
    private var isFinished = false

    init(_ path: String) throws(PackingError) {
        self.path = path
        let url = URL(fileURLWithPath: path)
        partial = url.deletingLastPathComponent().appendingPathComponent(".\(url.lastPathComponent).partial").path
        let (manager, partial) = (FileManager.default, partial)
        guard manager.fileExists(atPath: partial) || manager.createFile(atPath: partial, contents: nil),
            let handle = FileHandle(forUpdatingAtPath: partial)
        else { throw .unwritable(file: path, reason: "the folder takes no new file") }
        self.handle = handle
        guard flock(handle.fileDescriptor, LOCK_EX | LOCK_NB) == 0 else {
            isFinished = true  // not ours to remove
            throw .busy(file: path)
        }
        try attempt { try handle.truncate(atOffset: 0) }
    }

    deinit {
        if !isFinished { try? FileManager.default.removeItem(atPath: partial) }
    }

    func write(_ bytes: [UInt8]) throws(PackingError) {
        try attempt { try handle.write(contentsOf: bytes) }
    }

    /// Writes over the bytes at the start.
    func writeStart(_ bytes: [UInt8]) throws(PackingError) {
        try attempt {
            try handle.seek(toOffset: 0)
            try handle.write(contentsOf: bytes)
        }
    }

    /// What was written so far, to be read.
    func mapped() throws -> MappedFile { try MappedFile(partial) }

    /// Gives the file its name, once it is on the disk.
    func finish() throws(PackingError) {
        try attempt { try handle.synchronize() }
        guard MappedFile.rename(partial, to: path) else {
            throw .unwritable(file: path, reason: "it cannot be renamed")
        }
        isFinished = true
    }

    private func attempt(_ work: () throws -> Void) throws(PackingError) {
        do {
            try work()
        } catch {
            throw .unwritable(file: path, reason: (error as NSError).localizedDescription)
        }
    }
}
