import Foundation
import Media

extension RGBImage {
    /// The image at another size: bicubic (Keys, 1981, a = -0.5), widened over all source pixels that a target pixel
    /// covers, in whole numbers, columns first and then rows. Bit for bit what torchvision's antialiased resize of bytes
    /// gives, which is what the model was trained on; within one step of
    /// PIL's, where PIL takes columns first, too.
    package func resized(width: Int, height: Int) -> RGBImage {
        var (pixels, rows) = (pixels, self.height)
        if width != self.width {
            let taps = Taps(from: self.width, to: width)
            pixels = taps.apply(to: pixels, lines: rows, lineStride: self.width * 3, step: 3, group: 3)
        }
        if height != self.height {
            let taps = Taps(from: rows, to: height)
            pixels = taps.apply(to: pixels, lines: 1, lineStride: 0, step: width * 3, group: width * 3)
            rows = height
        }
        return RGBImage(width: width, height: rows, pixels: pixels)
    }
}

/// For each target position, the first source position that it sums and the weights from there on.
private struct Taps {
    private let starts: [Int]
    private let weights: [[Int32]]
    private let precision: Int32

    init(from source: Int, to target: Int) {
        let scale = Double(source) / Double(target)
        let stretch = max(scale, 1)
        let support = 2 * stretch
        var starts: [Int] = []
        var shares: [[Double]] = []
        for i in 0..<target {
            let centre = scale * (Double(i) + 0.5)
            let start = max(Int(centre - support + 0.5), 0)
            let end = min(Int(centre + support + 0.5), source)
            let raw = (start..<end).map { cubic((Double($0) - centre + 0.5) / stretch) }
            let total = raw.reduce(0, +)
            starts.append(start)
            shares.append(raw.map { $0 / total })
        }
        // As many bits as the largest weight leaves in 16.
        let largest = shares.lazy.flatMap { $0 }.max() ?? 1
        var bits = 0
        while bits < 22, Int(0.5 + largest * Double(1 << (bits + 1))) < 1 << 15 { bits += 1 }
        self.starts = starts
        precision = Int32(bits)
        weights = shares.map { row in
            row.map { Int32(($0 * Double(1 << bits) + ($0 < 0 ? -0.5 : 0.5)).rounded(.towardZero)) }
        }
    }

    /// Sums `group` neighbouring bytes at once, positions being `step` bytes apart, in each of `lines` lines.
    func apply(to source: [UInt8], lines: Int, lineStride: Int, step: Int, group: Int) -> [UInt8] {
        var target = [UInt8](repeating: 0, count: lines * starts.count * group)
        var sums = [Int32](repeating: 0, count: group)
        var write = 0
        for line in 0..<lines {
            for (start, weights) in zip(starts, weights) {
                for i in 0..<group { sums[i] = 1 << (precision - 1) }
                var read = line * lineStride + start * step
                for weight in weights {
                    for i in 0..<group { sums[i] &+= weight &* Int32(source[read + i]) }
                    read += step
                }
                for i in 0..<group { target[write + i] = UInt8(clamping: sums[i] >> precision) }
                write += group
            }
        }
        return target
    }
}

/// Keys' cubic with a = -0.5.
private func cubic(_ x: Double) -> Double {
    let x = abs(x)
    if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
    if x < 2 { return ((-0.5 * x + 2.5) * x - 4) * x + 2 }
    return 0
}
