internal import CFFmpeg
#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// An open regular file, read at any place by any thread.
///
/// We open it ourselves, and libavformat sees bytes alone: no name can then be taken for a URL, a pattern or an option.
@safe final class FFmpegFile: Sendable {
    let path: String
    let size: Int
    private let descriptor: Int32

    init(path: String) throws(MediaError) {
        guard !path.utf8.contains(0) else { throw .missing(path: path) }
        self.path = path
        // Not to wait for a writer, should this be a pipe.
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        let code = errno
        var status = stat()
        let isKnown = unsafe descriptor >= 0 && fstat(descriptor, &status) == 0
        size = isKnown ? Int(status.st_size) : 0
        guard descriptor >= 0 else { throw Self.error(code, path) }
        guard isKnown else { throw Self.error(errno, path) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return
        case S_IFDIR: throw .notAFile(path: path, kind: "folder")
        case S_IFIFO: throw .notAFile(path: path, kind: "pipe")
        case S_IFSOCK: throw .notAFile(path: path, kind: "socket")
        default: throw .notAFile(path: path, kind: "device")
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Fills the buffer from `offset` as far as the file goes; nil on an error.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int? {
        guard let base = buffer.baseAddress else { return 0 }
        while true {
            let count = unsafe pread(descriptor, base, buffer.count, off_t(offset))
            if count >= 0 { return count }
            if errno != EINTR { return nil }
        }
    }

    /// Up to `count` bytes from the start.
    func head(_ count: Int) throws(MediaError) -> [UInt8] {
        var isRead = true
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: min(count, size)) { buffer, filled in
            while filled < buffer.count {
                let rest = unsafe UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...]
                )
                guard let more = unsafe read(into: rest, at: filled) else { isRead = false; break }
                if more == 0 { break }
                filled += more
            }
        }
        guard isRead else { throw .unreadable(path: path, reason: "the disk reports an error") }
        return bytes
    }

    private static func error(_ code: Int32, _ path: String) -> MediaError {
        switch code {
        case ENOENT, ENOTDIR: .missing(path: path)
        case EACCES, EPERM: .unreadable(path: path, reason: "permission denied")
        case ENAMETOOLONG: .unreadable(path: path, reason: "the name is too long")
        case ENXIO: .notAFile(path: path, kind: "socket")
        default: .unreadable(path: path, reason: unsafe String(cString: strerror(code)))
        }
    }
}

/// The bytes of a file as libavformat asks for them.
@safe final class FFmpegSource {
    private let file: FFmpegFile
    private var position = 0
    var deadline: ContinuousClock.Instant
    /// Whether to answer reads without reading: the caller wants to know which packets there are, not what is in them.
    var skims = false

    init(file: FFmpegFile, deadline: ContinuousClock.Instant) {
        self.file = file
        self.deadline = deadline
    }

    var isLate: Bool { ContinuousClock.now >= deadline }

    /// A reader for libavformat, which must not outlive this source; its buffer and itself are freed by the caller.
    func makeReader() -> UnsafeMutablePointer<AVIOContext>? {
        let bytes: Int32 = 1 << 16
        let buffer = unsafe av_malloc(Int(bytes))?.assumingMemoryBound(to: UInt8.self)
        return unsafe avio_alloc_context(
            buffer,
            bytes,
            0,
            Unmanaged.passUnretained(self).toOpaque(),
            { source, buffer, count in
                guard let source = unsafe source, let buffer = unsafe buffer else { return glm_io_error }
                let room = unsafe UnsafeMutableRawBufferPointer(start: buffer, count: Int(max(count, 0)))
                return unsafe Unmanaged<FFmpegSource>.fromOpaque(source).takeUnretainedValue().read(into: room)
            },
            nil,
            { source, offset, whence in
                guard let source = unsafe source else { return -1 }
                return unsafe Unmanaged<FFmpegSource>.fromOpaque(source).takeUnretainedValue().seek(offset, whence)
            }
        )
    }

    private func read(into buffer: UnsafeMutableRawBufferPointer) -> Int32 {
        if isLate { return glm_interrupted }
        let rest = file.size - position
        guard rest > 0 else { return glm_end_of_file }
        var count = min(buffer.count, rest)
        if !skims {
            guard let read = unsafe file.read(into: buffer, at: position) else { return glm_io_error }
            count = min(count, read)
        }
        guard count > 0 else { return glm_end_of_file }
        position += count
        return Int32(clamping: count)
    }

    private func seek(_ offset: Int64, _ whence: Int32) -> Int64 {
        let base: Int
        switch whence & ~AVSEEK_FORCE {
        case AVSEEK_SIZE: return Int64(file.size)
        case SEEK_SET: base = 0
        case SEEK_CUR: base = position
        case SEEK_END: base = file.size
        default: return -1
        }
        let (target, overflow) = base.addingReportingOverflow(Int(offset))
        guard !overflow && target >= 0 else { return -1 }
        position = target
        return Int64(target)
    }
}
