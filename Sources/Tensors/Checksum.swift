internal import CKernels

/// A checksum of bytes that come piece by piece, each time in the same pieces: it tells a damaged file, not a forged one.
package struct Checksum: Sendable {
    package private(set) var value: UInt64 = 0

    package init() {}

    package mutating func add(_ bytes: [UInt8]) {
        value = unsafe bytes.withUnsafeBytes { unsafe glm_checksum($0.baseAddress, $0.count, value) }
    }
}
