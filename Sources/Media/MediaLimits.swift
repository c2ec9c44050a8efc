/// What one file may cost. A caller may lower these; a file or a request never raises them.
package struct MediaLimits: Sendable {
    /// Time to open a file and to learn its streams.
    package var openTime: Duration = .seconds(5)
    /// Time to list a file's packets, and again to decode the chosen frames.
    package var decodeTime: Duration = .seconds(60)
    /// Pixels of one frame: 40 megapixels hold 8K.
    package var pixels = 40_000_000
    /// Pixels along one side of a frame.
    package var side = 16_384
    /// Frames of one sampling.
    package var frames = 768
    /// Bytes of all the frames of one sampling.
    package var bytes = 4 << 30
    /// Packets of one video stream: 46 hours at 30 frames a second.
    package var packets = 5_000_000
    /// Streams of one file.
    package var streams = 64
    /// Bytes of a picture's file.
    package var pictureBytes = 64 << 20
    /// Bytes that are read to learn what a file's streams are.
    package var probeBytes = 5_000_000

    package static let standard = MediaLimits()

    package init() {}
}
