internal import CFFmpeg

/// What tells one picture from every other: SHA-512/256 of its size and pixels (FIPS 180-4).
///
/// Nobody can make two pictures of one digest, so that what was computed for a picture is found by it.
package struct Digest: Sendable, Hashable {
    let words: SIMD4<UInt64>

    package init(of image: RGBImage) throws(MediaError) {
        guard let hash = unsafe av_sha512_alloc() else { throw .encoding(reason: "out of memory") }
        defer { unsafe av_free(UnsafeMutableRawPointer(hash)) }
        unsafe av_sha512_init(hash, 256)
        let size = [UInt64(image.width), UInt64(image.height)].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
        unsafe av_sha512_update(hash, size, size.count)
        unsafe av_sha512_update(hash, image.pixels, image.pixels.count)
        var bytes = [UInt8](repeating: 0, count: 32)
        unsafe av_sha512_final(hash, &bytes)
        var words = SIMD4<UInt64>()
        for (i, byte) in bytes.enumerated() { words[i / 8] = words[i / 8] << 8 | UInt64(byte) }
        self.words = words
    }
}
