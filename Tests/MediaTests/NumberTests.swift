import Testing

@testable import Media

/// The small arithmetic that a prompt is made of: which frames, and how their times read.
struct NumberTests {
    @Test func `even spacing equals numpy's linspace with dtype int`() throws {
        for row in try Golden.numbers().linspace {
            #expect(FrameSampling.even(row.n, of: row.total) == row.indices, "\(row.n) of \(row.total)")
        }
    }

    @Test func `times round and read as in Python`() throws {
        for row in try Golden.numbers().rounded {
            #expect(roundedToHundredths(row.x) == row.rounded, "round(\(row.x), 2)")
            #expect(shortestRepr(row.rounded) == row.repr)
        }
    }

    @Test(arguments: [
        (90, [0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30]), (180, [-65536, 0, 0, 0, -65536, 0, 0, 0, 1 << 30]),
    ])
    func `a picture turned back and forth is the same`(angle: Int, matrix: [Int32]) throws {
        let turn = try #require(Orientation(displayMatrix: matrix))
        let image = RGBImage(width: 3, height: 2, pixels: (0..<18).map { UInt8($0) })
        var turned = image
        for step in 1...(360 / angle) {
            turned = turn.apply(to: turned)
            #expect((turned == image) == (step == 360 / angle))
        }
    }

    @Test func `a quarter turn puts the first pixel at the right and the last row at the left`() throws {
        let turn = try #require(Orientation(displayMatrix: [0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30]))
        let image = RGBImage(width: 2, height: 1, pixels: [1, 1, 1, 2, 2, 2])
        #expect(turn.apply(to: image) == RGBImage(width: 1, height: 2, pixels: [1, 1, 1, 2, 2, 2]))
        let tall = RGBImage(width: 1, height: 2, pixels: [1, 1, 1, 2, 2, 2])
        #expect(turn.apply(to: tall) == RGBImage(width: 2, height: 1, pixels: [2, 2, 2, 1, 1, 1]))
    }

    @Test func `a matrix that is no quarter turn leaves the picture alone`() {
        #expect(Orientation(displayMatrix: [46341, 46341, 0, -46341, 46341, 0, 0, 0, 1 << 30]) == nil)
        #expect(Orientation(displayMatrix: [0, 0, 0, 0, 0, 0, 0, 0, 0]) == nil)
        #expect(Orientation(displayMatrix: []) == nil)
    }
}

/// Timelines that no encoder on this machine makes.
struct TimelineTests {
    private func packets(_ times: [Int64?], keys: Set<Int> = [0]) -> [Timeline.Packet] {
        times.enumerated().map { Timeline.Packet(pts: $1, dts: nil, isKey: keys.contains($0), isShown: true) }
    }

    @Test func `frames are numbered as they are shown, not as they lie`() {
        let timeline = Timeline(packets: packets([0, 3, 1, 2]), fps: 10, tick: 0.1)
        #expect((0..<4).map(timeline.packet(of:)) == [0, 2, 3, 1])
        #expect((0..<4).map(timeline.time(of:)) == [0, 0.1, 0.2, 0.3])
    }

    @Test func `a frame shown before its key frame is decoded from the key frame before`() {
        let timeline = Timeline(packets: packets([0, 1, 5, 3, 4, 6], keys: [0, 2]), fps: 10, tick: 0.1)
        #expect(timeline.start(for: 3) == 0)
        #expect(timeline.start(for: 5) == 2)
    }

    @Test func `frames near each other share one run, others have their own`() {
        let timeline = Timeline(
            packets: packets((0..<40).map { Int64($0) }, keys: [0, 10, 20, 30]),
            fps: 10,
            tick: 0.1
        )
        let runs = timeline.runs(for: [3, 5, 35, 35, 12])
        #expect(runs.map(\.start) == [0, 10, 30])
        #expect(runs.map(\.wanted) == [[3, 5], [12], [35]])
    }

    @Test func `times that are missing or the same make frames known by their count`() {
        let missing = Timeline(packets: packets([0, nil, 2]), fps: 10, tick: 0.1)
        #expect(!missing.hasTimes && !missing.canSeek && missing.time(of: 2) == 0.2)
        let same = Timeline(packets: packets([0, 0, 0]), fps: 0, tick: 0.1)
        #expect(same.hasTimes && !same.canSeek && same.duration == 0 && same.rate == 0)
    }

    @Test func `times at the ends of the range neither overflow nor become infinite`() {
        let timeline = Timeline(packets: packets([.min + 1, 0, .max]), fps: 30, tick: 1e6)
        #expect((0..<3).allSatisfy { timeline.time(of: $0).isFinite } && timeline.duration.isFinite)
        #expect(timeline.index(at: 1e300) == 2 && timeline.index(at: -1e300) == 0)
    }
}
