/// Which frames of a video to take.
package enum FrameSampling: Sendable, Equatable {
    /// This many, evenly spaced, the first and the last among them; each frame once where there are fewer.
    case even(Int)
    /// One frame each 1/rate seconds from the first on, none of them twice.
    case fps(Double)
    /// The frame that is shown at each of these seconds, the first or the last where there is none.
    case times([Double])
    /// These frames, as given.
    case indices([Int])
}

extension FrameSampling {
    /// The indices of the chosen frames, in the order asked for.
    func indices(in timeline: Timeline, path: String, limits: MediaLimits) throws(MediaError) -> [Int] {
        let count = timeline.count
        switch self {
        case .even(let wanted):
            guard wanted > 0 else { throw .sampling("the number of frames must be 1 or more, not \(wanted)") }
            try Self.check(wanted, path, limits)
            return Self.even(min(wanted, count), of: count)
        case .fps(let rate):
            guard rate.isFinite && rate > 0 else {
                throw .sampling("frames a second must be a number above 0, not \(rate)")
            }
            let last = (timeline.seconds(of: count - 1) * rate).rounded(.down)
            try Self.check(Int(min(last, 1e15)) + 1, path, limits)
            var indices: [Int] = []
            for step in 0...Int(last) {
                // Half a microsecond of grace: 1/30 + 1/30 + … must not miss the frame that it means.
                let index = timeline.index(at: Double(step) / rate + 5e-7)
                if index != indices.last { indices.append(index) }
            }
            return indices
        case .times(let times):
            try Self.check(times.count, path, limits)
            guard let bad = times.first(where: { !$0.isFinite }) else { return times.map(timeline.index(at:)) }
            throw .sampling("a time must be a number of seconds, not \(bad)")
        case .indices(let indices):
            try Self.check(indices.count, path, limits)
            guard let bad = indices.first(where: { !(0..<count).contains($0) }) else { return indices }
            throw .noSuchFrame(path: path, index: bad, count: count)
        }
    }

    /// `numpy.linspace(0, count - 1, wanted, dtype=int)`, in numpy's own order of operations: step first, then truncated.
    static func even(_ wanted: Int, of count: Int) -> [Int] {
        guard wanted > 1 else { return wanted == 1 ? [0] : [] }
        let step = Double(count - 1) / Double(wanted - 1)
        return (0..<wanted).map { i in i == wanted - 1 ? count - 1 : Int(Double(i) * step) }
    }

    private static func check(_ frames: Int, _ path: String, _ limits: MediaLimits) throws(MediaError) {
        guard frames > 0 else { throw .sampling("no frames were asked for: name at least one") }
        guard frames <= limits.frames else {
            throw .overLimit(path: path, what: "frames to take", found: frames, limit: limits.frames)
        }
    }
}
