internal import CFFmpeg
import Foundation
internal import Synchronization

/// Decodes runs of a video, several at a time, each on a decoder of its own.
///
/// Runs are independent, so that threads of their own beat threads that share a decoder and wait for each other.
struct FrameDecoding: Sendable {
    let file: FFmpegFile
    let container: Container
    let limits: MediaLimits
    let scan: Scan
    let runs: [Timeline.Run]
    let cores: Int

    /// The upright pictures of the wanted packets; damaged ones are missing.
    ///
    /// Both closures are called on the caller's thread, which does nothing else meanwhile.
    func images(isCancelled: () -> Bool, progress: (Int) -> Void) throws(MediaError) -> [Int: RGBImage] {
        guard !isCancelled() else { throw .cancelled }
        // A decoder keeps up to some twenty frames of its own, whose size the file has chosen.
        let room = limits.bytes / max(1, scan.width * scan.height * 3 / 2 * 20)
        let workers = max(1, min(cores, runs.count, room))
        let board = Board(runs: runs, limits: limits, workers: workers)
        let deadline = ContinuousClock.now + limits.decodeTime
        let news = DispatchSemaphore(value: 0)
        // Threads of their own: Dispatch gives its pool's only to as many as there are cores, the waiting caller included.
        for _ in 0..<workers {
            Thread.detachNewThread {
                do throws(MediaError) {
                    let worker = try Worker(self, threads: max(1, cores / workers), deadline: deadline, board: board)
                    while let run = board.take() {
                        try worker.decode(run) { (packet, image) throws(MediaError) in
                            try board.put(image, of: packet, path: file.path)
                            news.signal()
                        }
                    }
                } catch {
                    board.stop(error)
                }
                board.leave()
                news.signal()
            }
        }
        var done = 0
        var isOver = false
        while !isOver {
            isOver = board.isEmpty  // asked before the count: the last picture may come between the two
            if isCancelled() { board.stop(.cancelled) }
            // Now and then, to see whether the caller has left.
            if !isOver { _ = news.wait(timeout: .now() + .milliseconds(50)) }
            if board.count > done {
                done = board.count
                progress(done)
            }
        }
        return try board.result()
    }
}

/// What the threads of one decoding share: the runs still to do, and the pictures done.
private final class Board: Sendable {
    private struct State {
        var runs: ArraySlice<Timeline.Run>
        var workers: Int
        var images: [Int: RGBImage] = [:]
        var bytes = 0
        var error: MediaError?
    }
    private let state: Mutex<State>
    private let limits: MediaLimits

    init(runs: [Timeline.Run], limits: MediaLimits, workers: Int) {
        state = Mutex(State(runs: runs[...], workers: workers))
        self.limits = limits
    }

    var count: Int { state.withLock { $0.images.count } }
    var isEmpty: Bool { state.withLock { $0.workers == 0 } }
    var isStopped: Bool { state.withLock { $0.error != nil } }

    /// The next run; nil when none is left, or when one has failed.
    func take() -> Timeline.Run? {
        state.withLock { $0.error == nil ? $0.runs.popFirst() : nil }
    }

    func put(_ image: RGBImage, of packet: Int, path: String) throws(MediaError) {
        let bytes = state.withLock { state in
            state.images[packet] = image
            state.bytes += image.pixels.count
            return state.bytes
        }
        guard bytes <= limits.bytes else {
            throw .overLimit(path: path, what: "bytes of frames", found: bytes, limit: limits.bytes)
        }
    }

    /// A worker has nothing more to do.
    func leave() { state.withLock { $0.workers -= 1 } }

    /// Ends the work; the first reason stands.
    func stop(_ error: MediaError) {
        state.withLock { $0.error = $0.error ?? error }
    }

    func result() throws(MediaError) -> [Int: RGBImage] {
        let (images, error) = state.withLock { ($0.images, $0.error) }
        if let error { throw error }
        return images
    }
}

/// One thread's input and decoder.
private final class Worker {
    private let job: FrameDecoding
    private let input: FFmpegInput
    private let decoder: FFmpegDecoder
    private let deadline: ContinuousClock.Instant
    private let board: Board
    private var isFresh = true

    init(_ job: FrameDecoding, threads: Int, deadline: ContinuousClock.Instant, board: Board) throws(MediaError) {
        self.board = board
        self.job = job
        self.deadline = deadline
        input = try FFmpegInput(job.file, job.container, job.limits, probes: !job.container.isKnownFromHeader)
        input.source.deadline = deadline
        guard let parameters = unsafe input.stream?.pointee.codecpar else { throw .noVideo(path: job.file.path) }
        decoder = try unsafe FFmpegDecoder(parameters, threads: threads, path: job.file.path, limits: job.limits)
    }

    typealias Deliver = (Int, RGBImage) throws(MediaError) -> Void

    /// Decodes a run; frames that do not come out are tried again from farther back, as a stream may need more than
    /// the key frame that it names, and given up then.
    func decode(_ run: Timeline.Run, deliver: Deliver) throws(MediaError) {
        var missing = Set(run.wanted)
        for stepsBack in [0, 1, 8] {
            let start = stepsBack == 0 ? run.start : job.scan.timeline.start(before: run.start, by: stepsBack)
            if stepsBack > 0 && run.start == 0 { return }
            missing = try pass(from: start, wanted: missing, deliver: deliver)
            if missing.isEmpty { return }
        }
    }

    /// One pass over the packets from `start`; returns what it did not find.
    private func pass(
        from start: Int,
        wanted: Set<Int>,
        deliver: Deliver
    ) throws(MediaError) -> Set<Int> {
        let timeline = job.scan.timeline
        var missing = wanted
        var counted = 0
        let last = wanted.max() ?? 0
        let take = { (number: Int, frame: UnsafeMutablePointer<AVFrame>) throws(MediaError) in
            // Without times a frame is known by its place in the order of output alone.
            let packet = timeline.hasTimes ? number : counted < timeline.count ? timeline.packet(of: counted) : -1
            counted += 1
            guard missing.remove(packet) != nil else { return }
            let orientation = unsafe Orientation(frame) ?? self.job.scan.orientation
            try deliver(packet, orientation.apply(to: unsafe RGBImage(frame, path: self.job.file.path)))
        }
        let passable = try passable(from: start, wanted: wanted)
        var packet = try unsafe land(on: start)
        var number = start
        while let here = unsafe packet, !missing.isEmpty {
            if board.isStopped { return [] }
            if ContinuousClock.now >= deadline {
                throw .deadline(path: job.file.path, task: "decoding", limit: job.limits.decodeTime)
            }
            number = unsafe timeline.packet(at: here.pointee.pts) ?? number
            let canSkip = timeline.hasTimes && number < last && !wanted.contains(number) && job.scan.namesReferences
            let effort: FFmpegDecoder.Effort =
                !canSkip ? .whole : passable.contains(number) ? .chainOnly : .referencesOnly
            try unsafe decoder.send(here, number: number, effort: effort, take)
            // The second field of an interlaced frame may yet come; else all is there and need only be let out.
            if number >= last && timeline.hasTimes && !job.scan.isInterlaced { break }
            number += 1
            unsafe packet = try input.next()
        }
        try unsafe decoder.finish(take)
        return missing
    }

    /// The B-frames of a run of H.264 that nothing wanted leans on; none where that cannot be told.
    private func passable(from start: Int, wanted: Set<Int>) throws(MediaError) -> Set<Int> {
        let timeline = job.scan.timeline
        guard job.scan.namesReferences && timeline.canSeek && !job.scan.isInterlaced, let last = wanted.max(),
            var references = H264References(extradata: input.extradata)
        else { return [] }
        var packet = try unsafe land(on: start)
        while let here = unsafe packet {
            guard let number = unsafe timeline.packet(at: here.pointee.pts) else { return [] }
            guard unsafe references.read(here.pointee.bytes, packet: number) else { return [] }
            if number >= last { break }
            unsafe packet = try input.next()
        }
        return references.passable(wanted: wanted)
    }

    /// Moves to a packet and returns it; a seek that lands too late is tried again from farther back.
    private func land(on start: Int) throws(MediaError) -> UnsafeMutablePointer<AVPacket>? {
        let timeline = job.scan.timeline
        if isFresh && start == 0 {
            isFresh = false
            return try unsafe input.next()
        }
        isFresh = false
        var from = start
        for attempt in 0..<4 {
            let target = timeline.packets[from]
            let ticks = job.container == .mov ? target.dts ?? target.pts : target.pts
            guard input.seek(to: attempt == 3 ? .min / 2 : ticks ?? 0) else {
                from = timeline.start(before: from, by: 1); continue
            }
            while let packet = unsafe try input.next() {
                guard let number = unsafe timeline.packet(at: packet.pointee.pts) else { continue }
                if number == start { return unsafe packet }
                if number > start { break }
            }
            from = timeline.start(before: from, by: 1 << attempt)
        }
        return nil
    }
}

extension Container {
    /// Whether the header alone says all that a decoder needs.
    fileprivate var isKnownFromHeader: Bool { self == .mov || self == .matroska }
}
