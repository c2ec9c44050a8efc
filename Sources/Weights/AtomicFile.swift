import Foundation

/// A file that is there when it is complete, and not before: written under another name beside it, and renamed.
///
/// What is not finished is removed with its owner, unless it is to be gone on with. What a killed process left is found by
/// the next one; a lock keeps two from writing at once.
final class AtomicFile {
    private let path, partial: String
    private let handle: FileHandle
    private var isKept = false

    init(_ path: String) throws(PackingError) {
        self.path = path
        partial = Self.partial(path)
        // Neither a link's target nor a pipe or a device that somebody put there is written to.
        let descriptor = unsafe open(partial, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw .unwritable(file: path, reason: unsafe String(cString: strerror(errno)))
        }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard let opened = Status({ unsafe fstat(descriptor, &$0) }), opened.isRegular else {
            isKept = true  // not ours to remove
            throw .unwritable(file: path, reason: "\(partial) is no regular file")
        }
        // Who had the lock before may have given the file its name meanwhile: what is locked now is then a finished one.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0,
            let named = Status({ unsafe lstat(partial, &$0) }),
            (named.device, named.number) == (opened.device, opened.number)
        else {
            isKept = true
            throw .busy(file: path)
        }
    }

    private static func partial(_ path: String) -> String {
        let url = URL(fileURLWithPath: path)
        return url.deletingLastPathComponent().appendingPathComponent(".\(url.lastPathComponent).partial").path
    }

    /// How many bytes an unfinished one has left for `path`.
    static func leftBytes(_ path: String) -> Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: partial(path))
        return (attributes?[.size] as? NSNumber)?.intValue ?? 0
    }

    deinit {
        if !isKept { try? FileManager.default.removeItem(atPath: partial) }
    }

    /// The first bytes of what was left here, as many as there are.
    func beginning(_ count: Int) -> [UInt8] {
        guard (try? handle.seek(toOffset: 0)) != nil, let data = try? handle.read(upToCount: count) else { return [] }
        return Array(data)
    }

    /// Drops what follows the first `count` bytes, and goes on there; false where there are fewer.
    func resume(at count: Int) throws(PackingError) -> Bool {
        guard let end = try? handle.seekToEnd(), end >= UInt64(count) else { return false }
        try attempt {
            try handle.truncate(atOffset: UInt64(count))
            try handle.seek(toOffset: UInt64(count))
        }
        return true
    }

    func write(_ bytes: [UInt8]) throws(PackingError) {
        try attempt { try handle.write(contentsOf: bytes) }
    }

    /// Writes over the bytes at the start, once all that was written so far is on the disk.
    func writeStart(_ bytes: [UInt8]) throws(PackingError) {
        try attempt {
            try handle.synchronize()
            let end = try handle.offset()
            try handle.seek(toOffset: 0)
            try handle.write(contentsOf: bytes)
            try handle.seek(toOffset: end)
        }
    }

    /// Leaves what was written for the next one to go on with.
    func keep() { isKept = true }

    /// What was written so far, to be read.
    func mapped() throws -> MappedFile { try MappedFile(partial) }

    /// Gives the file its name, once it is on the disk.
    func finish() throws(PackingError) {
        try attempt { try handle.synchronize() }
        guard MappedFile.rename(partial, to: path) else {
            throw .unwritable(file: path, reason: "it cannot be renamed")
        }
        isKept = true
    }

    private func attempt(_ work: () throws -> Void) throws(PackingError) {
        do {
            try work()
        } catch {
            let system = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError ?? error as NSError
            let reason =
                system.domain == NSPOSIXErrorDomain ? unsafe String(cString: strerror(Int32(system.code))) : "\(error)"
            throw .unwritable(file: path, reason: reason)
        }
    }
}
