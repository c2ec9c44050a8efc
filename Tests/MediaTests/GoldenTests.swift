import Testing

import Media

/// Clips of every kind, against what OpenCV, ffprobe and ffmpeg say of them.
struct GoldenTests {
    static let names = (try? Golden.clips().keys.sorted()) ?? []

    @Test(arguments: names)
    func `every frame has OpenCV's index, its time, and ffmpeg's pixels`(name: String) throws {
        let golden = try #require(try Golden.clips()[name])
        let video = try Video(path: Golden.path(name))
        #expect(video.info.frameCount == golden.times.count)
        #expect([video.info.width, video.info.height] == [golden.width, golden.height])
        let frames = try video.frames(.indices(Array(golden.times.indices)))
        #expect(frames.map(\.time) == golden.times)
        for (frame, tiles) in zip(frames, golden.tiles) {
            #expect([frame.image.width, frame.image.height] == [golden.width, golden.height])
            let worst = zip(frame.image.tiles, tiles).map { abs($0 - $1) }.max() ?? 0
            #expect(worst < 1.5, "frame \(frame.index) is off by \(worst) of 255")
        }
    }

    @Test(arguments: names)
    func `any sampling gives the very pixels of decoding the whole file`(name: String) throws {
        let video = try Video(path: Golden.path(name))
        let all = try video.frames(.indices(Array(0..<video.info.frameCount)))
        #expect(all.map(\.index) == Array(0..<video.info.frameCount))
        for index in all.indices {
            #expect(try video.frames(.indices([index])) == [all[index]], "frame \(index) alone")
        }
        for count in [2, 3, 5] {
            for frame in try video.frames(.even(count)) { #expect(frame == all[frame.index], "\(count) frames") }
        }
        let backwards = Array(all.indices.reversed()) + [0]
        #expect(try video.frames(.indices(backwards)) == backwards.map { all[$0] })
    }

    @Test func `the original app's indices and labels come out for a clip of 30 frames`() throws {
        let frames = try Video(path: Golden.path("bframes.mp4")).frames(.even(10))
        #expect(frames.map(\.index) == [0, 3, 6, 9, 12, 16, 19, 22, 25, 29])
        #expect(
            frames.map { shortestRepr($0.time) }.joined(separator: " ") == "0.0 0.3 0.6 0.9 1.2 1.6 1.9 2.2 2.5 2.9"
        )
    }

    @Test func `fewer frames than asked for come once each`() throws {
        #expect(try Video(path: Golden.path("one.mp4")).frames(.even(10)).map(\.index) == [0])
        #expect(try Video(path: Golden.path("av1.mp4")).frames(.even(10)).map(\.index) == Array(0..<8))
    }

    @Test func `a rate takes one frame each so many seconds, none twice`() throws {
        let video = try Video(path: Golden.path("bframes.mp4"))
        #expect(try video.frames(.fps(2)).map(\.index) == [0, 5, 10, 15, 20, 25])
        #expect(try video.frames(.fps(100)).map(\.index) == Array(0..<30))
        #expect(try video.frames(.fps(0.001)).map(\.index) == [0])
    }

    @Test func `a time takes the frame on the screen then, or the nearest end`() throws {
        let video = try Video(path: Golden.path("bframes.mp4"))
        #expect(try video.frames(.times([1.05, -3, 99, 1.1, 0])).map(\.index) == [10, 0, 29, 11, 0])
        let variable = try Video(path: Golden.path("variable.mp4"))
        let times = try #require(try Golden.clips()["variable.mp4"]).times
        for (index, time) in times.enumerated() {
            #expect(try variable.frames(.times([time + 0.006])).map(\.index) == [index])
        }
    }

    @Test func `progress counts up to the number of different frames, on the caller's thread`() throws {
        var seen: [Int] = []
        let video = try Video(path: Golden.path("bframes.mp4"))
        _ = try video.frames(
            .indices([0, 29, 29]),
            progress: { done, total in
                #expect(total == 2)
                seen.append(done)
            }
        )
        #expect(seen.first == 0 && seen.last == 2 && seen == seen.sorted())
    }
}

struct PNGTests {
    @Test(arguments: [(1, 1), (3, 5), (64, 48), (101, 7)])
    func `a picture survives our PNG and our decoder`(width: Int, height: Int) throws {
        let pixels = (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
        let image = RGBImage(width: width, height: height, pixels: pixels)
        let scratch = try Scratch()
        let video = try Video(path: try scratch.write(try image.png(), as: "a.png"))
        #expect(
            video.info == VideoInfo(duration: 0, fps: 0, frameCount: 1, width: width, height: height, isPicture: true)
        )
        #expect(try video.frames(.even(10)) == [VideoFrame(index: 0, time: 0, image: image)])
    }
}
