import Testing

@testable import Media

struct DigestTests {
    private func image(_ width: Int, _ height: Int, _ value: UInt8 = 9) -> RGBImage {
        RGBImage(width: width, height: height, pixels: Array(repeating: value, count: width * height * 3))
    }

    @Test func `the same pixels in the same shape, and nothing else, have the same digest`() throws {
        let digests = try [image(4, 6), image(6, 4), image(2, 12), image(4, 6, 8)].map { try Digest(of: $0) }
        #expect(Set(digests).count == 4)
        #expect(try Digest(of: image(4, 6)) == digests[0])
        for i in 0..<72 {
            var pixels = image(4, 6).pixels
            pixels[i] ^= 1
            #expect(try Digest(of: RGBImage(width: 4, height: 6, pixels: pixels)) != digests[0])
        }
    }

    /// By Python: hashlib.new("sha512_256", (1).to_bytes(8, "little") * 2 + bytes([1, 2, 3])).
    @Test func `it is SHA-512/256 of width, height and pixels`() throws {
        let digest = try Digest(of: RGBImage(width: 1, height: 1, pixels: [1, 2, 3]))
        #expect(digest.words == [0xabe3cfc838aedb39, 0x3ec8c7ee5d1fe0b1, 0xda17dd94df721b1d, 0x24ab55538febc93c])
    }
}
