import TestSupport
import Testing

/// What a program opened, or tried to, as strace wrote it down.
struct OpenTrace {
    /// What strace is to watch. Not every machine has all of these calls.
    static let calls = "trace=openat,?openat2,?open,?creat,connect,socket"

    /// Paths that were to be opened, whether they were there or not.
    let paths: [String]
    /// Those that were there.
    let opened: Set<String>
    let hasSockets: Bool

    init(_ text: String) {
        let lines = text.split(separator: "\n")
        hasSockets = lines.contains { $0.contains("connect(") || $0.contains("socket(") }
        let opens = lines.compactMap { line -> (path: String, isThere: Bool)? in
            guard let call = line.firstMatch(of: /\b(?:open|openat|openat2|creat)\(/) else { return nil }
            let path = line[call.range.upperBound...].firstMatch(of: /"([^"]*)"/)?.1
            return (String(path ?? line), !line.contains(" = -1 "))
        }
        paths = opens.map(\.path)
        opened = Set(opens.filter(\.isThere).map(\.path))
    }

    /// What is neither the file under test nor anything that the program opens for itself.
    func strangers(beside file: String) -> [String] { paths.filter { $0 != file && !Self.isExpected($0) } }

    private static func isExpected(_ path: String) -> Bool {
        let name = path.split(separator: "/").last ?? ""
        if name.hasPrefix("lib"), name.contains(".so") { return true }
        return files.contains(path) || !path.contains("..") && folders.contains { path.hasPrefix($0) }
    }

    private static let files = [
        "/etc/ld.so.cache", "/etc/ld.so.preload", "/etc/localtime", "/dev/null", "/dev/urandom",
    ]

    /// Those of the kernel, of languages and time zones, of the settings of libraries for encryption, and our own.
    private static let folders = [
        "/proc/", "/sys/", "/usr/lib/locale/", "/usr/share/locale/", "/usr/share/zoneinfo/", "/usr/share/icu/",
        "/etc/gcrypt/", "/etc/gnutls/", "/etc/ssl/", checkout + "/.build/", checkout + "/Models/shapes/",
    ]
}

/// The watch itself: it would see what it is there to see.
struct OpenTraceTests {
    @Test func `what a file has no business to open is seen, there or not`() {
        let trace = OpenTrace(
            """
            7 openat(AT_FDCWD, "/etc/ld.so.cache", O_RDONLY|O_CLOEXEC) = 3
            7 openat(AT_FDCWD, "/lib/x86_64-linux-gnu/libc.so.6", O_RDONLY|O_CLOEXEC) = 3
            7 openat(AT_FDCWD, "/opt/swift/tls/libm.so.6", O_RDONLY) = -1 ENOENT (No such file or directory)
            7 openat(AT_FDCWD, "/tmp/a/ref.mov", O_RDONLY) = 7
            8 openat(AT_FDCWD, "/etc/passwd", O_RDONLY <unfinished ...>
            7 openat(AT_FDCWD, "/tmp/a/other.ts", O_RDONLY) = -1 ENOENT (No such file or directory)
            8 <... openat resumed>) = 8
            7 open("/proc/../etc/shadow", O_RDONLY) = -1 EACCES (Permission denied)
            7 openat(AT_FDCWD, "neighbour.ts", O_RDONLY) = 9
            """
        )
        let strangers = ["/etc/passwd", "/tmp/a/other.ts", "/proc/../etc/shadow", "neighbour.ts"]
        #expect(trace.strangers(beside: "/tmp/a/ref.mov") == strangers && !trace.hasSockets)
        #expect(trace.opened.contains("/tmp/a/ref.mov") && !trace.opened.contains("/tmp/a/other.ts"))
        #expect(OpenTrace("7 socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 7").hasSockets)
        #expect(OpenTrace("").opened.isEmpty)
    }
}
