@testable import Server
import Testing

/// `Range` headers, read as RFC 9110 reads them. Each of the odd ones has ended some server.
struct ByteRangeTests {
    @Test(arguments: [
        ("bytes=0-4", 10, ByteRange.part(0..<5)), ("bytes=5-", 10, .part(5..<10)), ("bytes=-5", 10, .part(5..<10)),
        ("bytes=-50", 10, .part(0..<10)), ("bytes=9-9", 10, .part(9..<10)), ("bytes=0-999", 10, .part(0..<10)),
        ("bytes=0-18446744073709551616", 10, .part(0..<10)), ("bytes=10-", 10, .notSatisfiable),
        ("bytes=99999999999999999999-", 10, .notSatisfiable), ("bytes=-0", 10, .notSatisfiable),
        ("bytes=0-", 0, .notSatisfiable), ("bytes=-5", 0, .notSatisfiable), ("bytes=5-2", 10, .whole),
        ("bytes=", 10, .whole), ("bytes=-", 10, .whole), ("bytes=a-b", 10, .whole), ("bytes=0-1,4-5", 10, .whole),
        ("bytes=--5", 10, .whole), ("bytes=+1-5", 10, .whole), ("items=0-1", 10, .whole),
        ("BYTES= 1 - 2 ", 10, .part(1..<3)),
        ("bytes=9223372036854775807-9223372036854775807", 10, .notSatisfiable),
        ("bytes=-9223372036854775808", 10, .part(0..<10)),
    ])
    func `a range is a part, nothing, or all`(header: String, size: Int, expected: ByteRange) {
        #expect(ByteRange(header: header, size: size) == expected)
    }

    @Test func `without a header it is all`() { #expect(ByteRange(header: nil, size: 3) == .whole) }
}
