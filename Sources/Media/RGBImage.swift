/// A picture: packed RGB, 8 bits a channel, row by row without padding.
package struct RGBImage: Sendable, Equatable {
    package let width, height: Int
    package let pixels: [UInt8]  // [height, width, 3]

    package init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(
            width > 0 && height > 0 && pixels.count == width * height * 3,
            "\(pixels.count) bytes are not \(width)x\(height) pixels of 3 bytes"
        )
        self.width = width
        self.height = height
        self.pixels = pixels
    }
}

/// One frame of a video, and when it is shown.
package struct VideoFrame: Sendable, Equatable {
    /// The frame's place in the order of presentation, from 0.
    package let index: Int
    /// Seconds after the first frame, rounded to 2 decimals as Python's `round(x, 2)` does.
    package let time: Double
    package let image: RGBImage

    package init(index: Int, time: Double, image: RGBImage) {
        self.index = index
        self.time = time
        self.image = image
    }
}

/// What a file says about its video, checked against its own packets.
package struct VideoInfo: Sendable, Equatable {
    /// Seconds from the first frame to the end of the last; 0 for a picture.
    package let duration: Double
    /// Frames a second; 0 for a picture.
    package let fps: Double
    package let frameCount: Int
    /// The size in pixels, upright: after the rotation that the file asks for.
    package let width, height: Int
    package let isPicture: Bool

    package init(duration: Double, fps: Double, frameCount: Int, width: Int, height: Int, isPicture: Bool) {
        self.duration = duration
        self.fps = fps
        self.frameCount = frameCount
        self.width = width
        self.height = height
        self.isPicture = isPicture
    }
}
