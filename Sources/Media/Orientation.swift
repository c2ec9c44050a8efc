/// How a stored picture is turned or mirrored to stand upright: one of the eight symmetries of a rectangle.
struct Orientation: Equatable {
    /// Where a step right and a step down in the stored picture lead in the upright one, as (right, down).
    let right, down: SIMD2<Int>

    static let upright = Orientation(right: [1, 0], down: [0, 1])

    /// Reads a display matrix (a, b, u, c, d, v, x, y, w) as MP4 stores it, in 16.16 fixed point.
    ///
    /// Nil when the matrix does anything else than turn by quarters and mirror: such a picture is left as it is.
    init?(displayMatrix m: [Int32]) {
        guard m.count == 9 else { return nil }
        func sign(_ value: Int32) -> Int { Int(value.signum()) }
        let (a, b, c, d) = (m[0], m[1], m[3], m[4])
        // A scale beside the turn is the business of the pixel's shape, which we leave alone: only signs count.
        let isDiagonal = a != 0 && d != 0 && b == 0 && c == 0
        let isCrossed = a == 0 && d == 0 && b != 0 && c != 0
        guard isDiagonal || isCrossed else { return nil }
        self.init(right: [sign(a), sign(b)], down: [sign(c), sign(d)])
    }

    private init(right: SIMD2<Int>, down: SIMD2<Int>) {
        self.right = right
        self.down = down
    }

    /// Whether width and height change places.
    var isTurned: Bool { right.x == 0 }

    /// The upright picture of a stored one.
    func apply(to image: RGBImage) -> RGBImage {
        guard self != .upright else { return image }
        let (width, height) = isTurned ? (image.height, image.width) : (image.width, image.height)
        let stepRight = 3 * (right.x + right.y * width)
        let stepDown = 3 * (down.x + down.y * width)
        // The corner where the stored picture's first pixel lands: the far side of each axis that is walked backwards.
        let left = right.x + down.x < 0 ? width - 1 : 0
        let top = right.y + down.y < 0 ? height - 1 : 0
        let origin = 3 * (left + top * width)

        var pixels = [UInt8](repeating: 0, count: image.pixels.count)
        var source = 0
        for row in 0..<image.height {
            var target = origin + row * stepDown
            for _ in 0..<image.width {
                pixels[target] = image.pixels[source]
                pixels[target + 1] = image.pixels[source + 1]
                pixels[target + 2] = image.pixels[source + 2]
                source += 3
                target += stepRight
            }
        }
        return RGBImage(width: width, height: height, pixels: pixels)
    }
}
