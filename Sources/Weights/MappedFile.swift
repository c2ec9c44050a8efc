package import Tensors

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A regular file, open for reading and mapped as a whole: its pages cost no memory until they are touched.
///
/// What is copied out of it is read with `pread`, so that a bad disk or a file cut short is an error. What is used in
/// place is mapped, and there the kernel knows no error but SIGBUS: call ``checkUnchanged()`` before a long computation.
///
/// Sendable because all that is stored is constant and nobody writes to the mapping.
@safe package final class MappedFile: @unchecked Sendable {
    package let path: String
    package let count: Int
    private let descriptor: Int32
    private let modified: Timestamp
    private let start: UnsafeRawPointer

    /// Opens a file that is regular and not empty, or a symbolic link to one, as in a Hugging Face cache.
    package init(_ path: String) throws(WeightsError) {
        // Before opening: to open a device or a pipe can already do something.
        guard let named = Status({ unsafe stat(path, &$0) }) else { throw Self.failure(path) }
        guard named.isRegular else { throw .notAFile(path) }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw Self.failure(path) }
        do throws(WeightsError) {
            guard let opened = Status({ unsafe fstat(descriptor, &$0) }) else { throw Self.failure(path) }
            // After opening: the name may have come to mean something else.
            guard opened.isRegular else { throw .notAFile(path) }
            guard opened.count > 0 else { throw .truncated(file: path, expected: 1, found: 0) }
            guard let start = unsafe mmap(nil, opened.count, PROT_READ, MAP_PRIVATE, descriptor, 0),
                unsafe start != MAP_FAILED
            else { throw Self.failure(path) }
            self.path = path
            self.descriptor = descriptor
            (count, modified) = (opened.count, opened.modified)
            unsafe self.start = UnsafeRawPointer(start)
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit {
        unsafe munmap(UnsafeMutableRawPointer(mutating: start), count)
        close(descriptor)
    }

    /// Copies bytes that lie within the file, and throws where they can no longer be read.
    package func read(_ range: Range<Int>) throws(WeightsError) -> [UInt8] {
        try checkUnchanged()
        precondition(0 <= range.lowerBound && range.upperBound <= count, "bytes \(range) of \(count)")
        var failure: WeightsError?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
            while filled < range.count {
                let target = unsafe buffer.baseAddress?.advanced(by: filled)
                let read = unsafe pread(descriptor, target, range.count - filled, off_t(range.lowerBound + filled))
                if read < 0 && errno == EINTR { continue }
                guard read > 0 else {
                    failure =
                        read < 0
                        ? Self.failure(path)
                        : .truncated(file: path, expected: count, found: range.lowerBound + filled)
                    return
                }
                filled += read
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// A weight that lies in the file at `offset`, without a copy.
    package func matrix(at offset: Int, rows: Int, columns: Int, format: Matrix.Format) -> Matrix {
        let bytes = format.bytes(rows: rows, columns: columns)
        precondition(0 <= offset && offset <= count - bytes, "\(bytes) bytes at \(offset) of \(count)")
        return unsafe Matrix(rows: rows, columns: columns, format: format, start: start + offset, owner: self)
    }

    /// Throws if the file was cut, has grown, or was written to since it was opened.
    package func checkUnchanged() throws(WeightsError) {
        guard let now = Status({ unsafe fstat(descriptor, &$0) }) else { throw Self.failure(path) }
        guard now.count >= count else { throw .truncated(file: path, expected: count, found: now.count) }
        guard now.count == count, now.modified == modified else { throw .changed(file: path) }
    }

    /// Gives a file another name, in place of whatever has it, in one step.
    static func rename(_ path: String, to name: String) -> Bool {
        #if canImport(Glibc)
        unsafe Glibc.rename(path, name) == 0
        #elseif canImport(Musl)
        unsafe Musl.rename(path, name) == 0
        #else
        unsafe Darwin.rename(path, name) == 0
        #endif
    }

    /// What `errno` says of `path`.
    private static func failure(_ path: String) -> WeightsError {
        let code = errno
        return code == ENOENT
            ? .absent(file: path) : .unreadable(file: path, reason: unsafe String(cString: strerror(code)))
    }
}

/// When a file was last written to, to the nanosecond.
struct Timestamp: Equatable {
    let seconds, nanoseconds: Int
}

/// The part of `struct stat` that we look at.
struct Status {
    let isRegular: Bool
    /// Which file it is, whatever it is called.
    let device, number: UInt64
    let count: Int
    let modified: Timestamp

    /// Asks with `stat` or `fstat`; nil if that fails, and `errno` says why.
    init?(_ ask: (inout stat) -> Int32) {
        var status = stat()
        guard ask(&status) == 0 else { return nil }
        (device, number) = (UInt64(truncatingIfNeeded: status.st_dev), UInt64(status.st_ino))
        isRegular = status.st_mode & S_IFMT == S_IFREG
        count = Int(status.st_size)
        #if canImport(Darwin)
        let time = status.st_mtimespec
        #else
        let time = status.st_mtim
        #endif
        modified = Timestamp(seconds: Int(time.tv_sec), nanoseconds: Int(time.tv_nsec))
    }
}
