/// What uploads may take of the machine, besides the bytes of each.
package struct UploadLimits: Sendable {
    /// How many may come at once.
    package var together = 8
    /// Bytes that are left for everybody else on the disk.
    package var spare = 256 << 20
    /// A body must bring so many bytes a second on average, after the grace.
    package var leastRate = 32 << 10
    package var grace = Duration.seconds(30)
}
