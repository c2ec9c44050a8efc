#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A port on the loopback address that notices whether anything connects.
package final class Canary {
    package let port: UInt16
    private let listener: Int32

    struct Failure: Error {
        let step: String
    }

    package init() throws {
        #if canImport(Glibc)
        let kind = Int32(SOCK_STREAM.rawValue)
        #else
        let kind = SOCK_STREAM
        #endif
        let listener = socket(AF_INET, kind, 0)
        self.listener = listener
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(listener, pointer, size) == 0 && listen(listener, 8) == 0
                    && getsockname(listener, pointer, &size) == 0
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        guard listener >= 0, code else { throw Failure(step: "no loopback socket") }
    }

    deinit { close(listener) }

    /// A connection waits in the queue even though nobody takes it.
    package var wasTouched: Bool {
        var state = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&state, 1, 0) > 0
    }
}
