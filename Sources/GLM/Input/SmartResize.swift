/// Why a picture cannot be shown to the model.
package enum PictureError: Error, Equatable, CustomStringConvertible {
    case aspect(width: Int, height: Int)

    package var description: String {
        switch self {
        case .aspect(let width, let height):
            "a picture of \(width)x\(height) is longer than 200 times its other side, which the model does not take: crop it"
        }
    }
}

extension ProcessorConfiguration {
    /// The size at which the model sees frames of `width` by `height`: sides that are multiples of 28, an area within the
    /// limits, the aspect as near as may be. The area counts over all `frames` that are resized together; an image, which
    /// is shown twice, counts as two.
    ///
    /// Reference: `smart_resize`, transformers `image_processing_glm4v.py`.
    package func size(width: Int, height: Int, frames: Int) throws(PictureError) -> (width: Int, height: Int) {
        precondition(width > 0 && height > 0 && frames > 0, "\(frames) frames of \(width)x\(height)")
        let (unit, count) = (Double(unit), Double(frames))
        var (h, w) = (Double(height), Double(width))
        if h < unit || w < unit {
            let scale = max(unit / h, unit / w)
            (h, w) = ((h * scale).rounded(.towardZero), (w * scale).rounded(.towardZero))
        }
        guard max(h, w) / min(h, w) <= 200 else { throw .aspect(width: width, height: height) }

        var (rows, columns) = ((h / unit).rounded(.toNearestOrEven), (w / unit).rounded(.toNearestOrEven))
        let volume = (count / 2).rounded(.toNearestOrEven) * 2 * (rows * unit) * (columns * unit)
        if volume > Double(pixels.upperBound) {
            let beta = (count * h * w / Double(pixels.upperBound)).squareRoot()
            rows = max(1, (h / beta / unit).rounded(.down))
            columns = max(1, (w / beta / unit).rounded(.down))
        } else if volume < Double(pixels.lowerBound) {
            let beta = (Double(pixels.lowerBound) / (count * h * w)).squareRoot()
            rows = (h * beta / unit).rounded(.up)
            columns = (w * beta / unit).rounded(.up)
        }
        return (Int(columns * unit), Int(rows * unit))
    }
}
