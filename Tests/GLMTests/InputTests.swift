import Media
import TestSupport
import Testing

@testable import GLM

struct SmartResizeTests {
    @Test func `sizes are the reference's, to the pixel`() throws {
        let processor = try ProcessorConfiguration.image(directory: goldenFolder() + "/tiny-a")
        // The reference also refuses a single frame; ours are always at least two, an image being shown twice.
        for facts in try goldenCases("smart-resize.json")
        where integer(facts["frames"]) > 1 && integer(facts["factor"]) == processor.unit {
            let (width, height) = (integer(facts["width"]), integer(facts["height"]))
            let limits = integer(facts["min"])...integer(facts["max"])
            let expected = facts["result"] as? [Int]
            let size = try? processor.with(pixels: limits).size(
                width: width,
                height: height,
                frames: integer(facts["frames"])
            )
            #expect(size.map { [$0.height, $0.width] } == expected, "\(facts)")
        }
    }

    @Test func `a picture that is all length is refused`() throws {
        let processor = try ProcessorConfiguration.image(directory: goldenFolder() + "/tiny-a")
        #expect(throws: PictureError.aspect(width: 8000, height: 28)) {
            try processor.size(width: 8000, height: 28, frames: 2)
        }
        #expect(PictureError.aspect(width: 8000, height: 28).description.contains("8000x28"))
    }
}

struct ResamplingTests {
    @Test func `bytes equal torchvision's, and PIL's within one step`() throws {
        let golden = try ResizeGolden()
        for name in golden.names {
            let (source, torch, pil) = try golden.pair(name)
            let ours = source.resized(width: torch.width, height: torch.height)
            #expect(ours == torch, "\(name)")
            let worst = zip(ours.pixels, pil.pixels).map { abs(Int($0) - Int($1)) }.max() ?? .max
            #expect(worst <= 1, "\(name)")
        }
    }

    @Test func `a picture of one colour keeps it at every size`() {
        let image = RGBImage(width: 3, height: 5, pixels: Array(repeating: [10, 200, 255], count: 15).flatMap { $0 })
        for (width, height) in [(1, 1), (28, 28), (7, 300)] {
            let resized = image.resized(width: width, height: height)
            #expect(resized.pixels.count == width * height * 3)
            #expect(Set(resized.pixels.enumerated().map { [$0.offset % 3, Int($0.element)] }).count == 3)
        }
    }
}

struct VideoSamplingTests {
    @Test func `the model's own format samples the frames that the reference samples`() throws {
        // A duration of its own is only what a caller may claim there; ours is always frames over rate.
        for facts in try goldenCases("video-sampling.json")
        where abs(number(facts["duration"]) * number(facts["fps"]) - number(facts["total_num_frames"])) < 1e-6 {
            let info = VideoInfo(
                duration: number(facts["duration"]),
                fps: number(facts["fps"]),
                frameCount: integer(facts["total_num_frames"]),
                width: 64,
                height: 64,
                isPicture: false
            )
            var indices = info.frames(rate: 2, maximumDuration: 300)
            if indices.count % 2 == 1 { indices += indices.suffix(1) }
            if let expected = facts["indices"] as? [Int] {
                #expect(indices == expected, "\(facts)")
            } else {
                #expect(indices.count == integer(facts["count"]), "\(facts)")
                let checksum = indices.enumerated().reduce(0) { $0 + ($1.offset + 1) * $1.element }
                #expect(checksum == integer(facts["checksum"]), "\(facts)")
            }
        }
    }

    @Test func `a rate above the film's own takes every frame, to the last`() {
        let info = VideoInfo(duration: 4, fps: 25, frameCount: 100, width: 1, height: 1, isPicture: false)
        #expect(info.frames(rate: 240, maximumDuration: 300) == Array(0..<100))
    }

    @Test func `a film without a length or a rate gives its first frame`() {
        for (count, fps) in [(0, 25.0), (1, 25), (10, 0), (-5, 25)] {
            let info = VideoInfo(duration: 0, fps: fps, frameCount: count, width: 1, height: 1, isPicture: false)
            #expect(info.frames(rate: 2, maximumDuration: 300) == [0])
        }
    }
}
