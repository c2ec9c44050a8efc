import Media
import Tensors

/// What one placeholder of a prompt stands for: a frame shown twice, or two frames of a video, at a size that the model
/// takes. Its pixels are those of the file until it is ``settled()``: only then is it sure which size will do.
package struct Picture: Sendable, Equatable {
    package let grid: Grid
    /// nil where its clip is not identified: such a picture is never taken for another, not even for itself.
    package let id: ID?
    private var first, second: RGBImage
    private let processor: ProcessorConfiguration

    /// A frame, or a pair of frames, of `frames` that are counted together towards the limits of `processor`.
    package init(
        _ first: RGBImage,
        _ second: RGBImage? = nil,
        of frames: Int,
        _ processor: ProcessorConfiguration,
        _ digests: [Digest]? = nil
    ) throws(PictureError) {
        let (width, height) = try processor.size(width: first.width, height: first.height, frames: frames)
        self.first = first
        self.second = second ?? first
        self.processor = processor
        grid = Grid(
            rows: height / processor.patchSize,
            columns: width / processor.patchSize,
            mergeSize: processor.mergeSize
        )
        id = digests.map { ID(digests: $0, width: width, height: height) }
    }

    /// Pictures of one model with one id are the same to it: the same frames at the same size.
    package struct ID: Sendable, Hashable {
        fileprivate let digests: [Digest]
        fileprivate let width, height: Int
    }

    /// The size at which the model sees it.
    package var width: Int { grid.columns * processor.patchSize }
    package var height: Int { grid.rows * processor.patchSize }

    /// The same with pixels at the model's size alone.
    func settled() -> Picture {
        var picture = self
        picture.first = first.resized(width: width, height: height)
        picture.second = second == first ? picture.first : second.resized(width: width, height: height)
        return picture
    }

    /// `[P, 1176]`: a patch's values by colour, frame, row and column, each (byte · rescale − mean) / deviation.
    package func patches() -> Tensor {
        let side = processor.patchSize
        let picture = settled()
        let values = (0..<3).map(normalised)
        var patches: [Float] = []
        patches.reserveCapacity(grid.patches * 3 * 2 * side * side)
        for (row, column) in grid.coordinates {
            for colour in 0..<3 {
                for frame in [picture.first, picture.second] {
                    for y in row * side..<(row + 1) * side {
                        let start = (y * width + column * side) * 3 + colour
                        for x in 0..<side { patches.append(values[colour][Int(frame.pixels[start + 3 * x])]) }
                    }
                }
            }
        }
        return Tensor(rows: grid.patches, columns: 3 * 2 * side * side, patches)
    }

    /// What each byte of a colour becomes. The reference folds the rescaling into mean and deviation: so do we.
    private func normalised(colour: Int) -> [Float] {
        let scale = Float(1 / processor.rescaleFactor)
        let (mean, deviation) = (Float(processor.mean[colour]) * scale, Float(processor.deviation[colour]) * scale)
        return (0..<256).map { (Float($0) - mean) / deviation }
    }
}
