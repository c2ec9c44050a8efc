/// The packets of a video stream as they lie in the file, and the order in which their frames are shown.
///
/// Presentation order is not file order: a B-frame lies after the later frame that it leans on. A frame's index
/// is its rank by presentation time, and its packet is where decoding must get to.
struct Timeline: Sendable {
    /// One packet, as the demuxer gives it; times in ticks.
    struct Packet: Sendable {
        var pts, dts: Int64?
        var isKey: Bool
        /// False where no frame comes out: cut off by an edit list, or kept only for others to lean on.
        var isShown: Bool
    }

    let packets: [Packet]
    /// Frames a second, as the container gives them; 0 where it does not.
    let fps: Double
    /// Seconds of one tick.
    let tick: Double
    /// Which packet shows the frame of this index.
    private let order: [Int]
    private let keys: [Int]
    private let byTime: [Int]
    /// False where times are missing or shared: frames are then known only by counting them from the start.
    let hasTimes: Bool
    /// False where decoding must begin at the start of the file.
    let canSeek: Bool

    init(packets: [Packet], fps: Double, tick: Double, dropsLeadingFrames: Bool = false, canSeek: Bool = true) {
        self.packets = packets
        self.fps = fps
        self.tick = tick
        keys = packets.indices.filter { packets[$0].isKey }

        // Nothing comes out before the first key frame, nor, in HEVC, from the frames around it that lean on what was cut off.
        let first = keys.first ?? 0
        let start = dropsLeadingFrames && first < packets.count ? packets[first].pts : nil
        let shown = packets.indices.filter { i in
            guard packets[i].isShown && i >= first else { return false }
            guard let start, let pts = packets[i].pts else { return true }
            return pts >= start
        }
        hasTimes = shown.allSatisfy { packets[$0].pts != nil }
        let time = { (i: Int) in packets[i].pts ?? Int64(i) }
        order = hasTimes ? shown.sorted { (time($0), $0) < (time($1), $1) } : shown
        // Among the hidden ones, too: decoding may have to begin at one.
        let byTime = packets.indices.filter { packets[$0].pts != nil }.sorted { time($0) < time($1) }
        self.byTime = byTime
        let isDistinct = zip(byTime, byTime.dropFirst()).allSatisfy { time($0) < time($1) }
        self.canSeek = canSeek && hasTimes && isDistinct && !keys.isEmpty
    }

    var count: Int { order.count }

    /// One frame, at time 0.
    static let picture = Timeline(packets: [Packet(pts: 0, dts: 0, isKey: true, isShown: true)], fps: 0, tick: 1)

    /// The packet that shows this frame.
    func packet(of index: Int) -> Int { order[index] }

    /// The packet with this presentation time, if times tell packets apart.
    func packet(at pts: Int64) -> Int? {
        guard canSeek else { return nil }
        let rank = byTime.partitioningIndex { (packets[$0].pts ?? 0) >= pts }
        return rank < byTime.count && packets[byTime[rank]].pts == pts ? byTime[rank] : nil
    }

    /// The key packet where decoding must begin so that this packet's frame comes out whole.
    ///
    /// A frame shown before the key frame that it follows in the file leans on frames before that key: one key more.
    func start(for packet: Int) -> Int {
        guard canSeek, let shown = packets[packet].pts else { return 0 }
        var lower = keys.partitioningIndex { $0 > packet }
        while lower > 0 {
            lower -= 1
            if let pts = packets[keys[lower]].pts, pts <= shown { return keys[lower] }
        }
        return 0
    }

    /// The key packet before this one, or the start of the file.
    func start(before packet: Int, by steps: Int) -> Int {
        let here = keys.partitioningIndex { $0 >= packet }
        return here > steps ? keys[here - steps] : 0
    }
}

// MARK: - Times

extension Timeline {
    /// Seconds after the first frame.
    ///
    /// A container rounds times to its ticks; where the frame rate explains the time to within a tick, the rate is the
    /// finer clock, and the one by which OpenCV counts.
    func seconds(of index: Int) -> Double {
        let counted = fps > 0 ? Double(index) / fps : 0
        guard hasTimes, let first = packets[order[0]].pts, let pts = packets[order[index]].pts else { return counted }
        let (ticks, overflow) = pts.subtractingReportingOverflow(first)
        let measured = (overflow ? Double(pts) - Double(first) : Double(ticks)) * tick
        guard fps > 0, abs(measured - counted) <= min(1.01 * tick, 0.5 / fps) else { return measured }
        return counted
    }

    /// The time as it is shown: `round(seconds, 2)`.
    func time(of index: Int) -> Double { roundedToHundredths(seconds(of: index)) }

    /// The frame that is on the screen at this time.
    func index(at seconds: Double) -> Int {
        let later = (0..<count).partitioningIndex { self.seconds(of: $0) > seconds }
        return max(0, later - 1)
    }

    /// Frames a second: the container's, or, where that does not lead to the last frame's time, the mean of the times.
    var rate: Double {
        let last = count > 0 ? seconds(of: count - 1) : 0
        guard last > 0, fps <= 0 || abs(last - Double(count - 1) / fps) > 0.5 / fps else { return max(0, fps) }
        return Double(count - 1) / last
    }

    /// From the first frame to the end of the last, which lasts as long as frames do on average.
    var duration: Double {
        guard count > 0 else { return 0 }
        let last = seconds(of: count - 1)
        if fps > 0 && abs(last - Double(count - 1) / fps) < 1e-9 { return Double(count) / fps }
        return count > 1 ? last * Double(count) / Double(count - 1) : last
    }
}

// MARK: - Runs

extension Timeline {
    /// A stretch of packets to decode in one go, and the packets whose frames are wanted of it.
    struct Run: Sendable {
        var start: Int
        var wanted: [Int]  // ascending
    }

    /// The least decoding that yields these frames: from the key frame before each, and straight on where that is nearer.
    func runs(for indices: some Sequence<Int>) -> [Run] {
        var runs: [Run] = []
        for packet in Set(indices.map(packet(of:))).sorted() {
            let start = start(for: packet)
            if let last = runs.last, let reached = last.wanted.last, start <= reached {
                runs[runs.count - 1].start = min(last.start, start)
                runs[runs.count - 1].wanted.append(packet)
            } else {
                runs.append(Run(start: start, wanted: [packet]))
            }
        }
        return runs
    }
}

extension RandomAccessCollection {
    /// The first index where the predicate holds, for a collection that is false up to there and true from there on.
    func partitioningIndex(where isInSecondPart: (Element) -> Bool) -> Index {
        var (low, length) = (startIndex, count)
        while length > 0 {
            let half = length / 2
            let middle = index(low, offsetBy: half)
            if isInSecondPart(self[middle]) {
                length = half
            } else {
                low = index(after: middle)
                length -= half + 1
            }
        }
        return low
    }
}
