import Testing

@testable import Tokenization

/// The numbers are those of `\p{L}`, `\p{N}` and `\s` in the regex engine of `tokenizers` 0.23.3 over all scalars.
struct ScalarKindTests {
    @Test func `there are as many letters, numbers and spaces as the regex engine knows`() {
        var count: [ScalarKind: Int] = [:]
        var newer = 0
        for scalar in (UInt32(0)...0x10FFFF).lazy.compactMap(Unicode.Scalar.init) {
            count[ScalarKind(scalar), default: 0] += 1
            if let age = scalar.properties.age, age.major > ScalarKind.lastUnicodeVersion { newer += 1 }
        }
        #expect(count[.letter] == 141_028)
        #expect(count[.number] == 1911)
        #expect(count[.newline] == 2 && count[.space] == 1 && count[.otherSpace] == 22)
        #expect(newer > 0, "this Swift knows no newer Unicode than the regex engine: nothing is cut off, look again")
    }

    /// First and last of each range that is a letter or number in Unicode 17 and nothing in 16.
    @Test(arguments: [
        0x88F, 0xC5C, 0xCDC, 0xA7CE, 0x10940, 0x11DE0, 0x16EA0, 0x187FF, 0x1E6C0, 0x2B73F, 0x323B0, 0x33479,
    ])
    func `letters newer than the regex engine are not letters`(value: UInt32) throws {
        #expect(ScalarKind(try #require(Unicode.Scalar(value))) == .other)
    }
}
