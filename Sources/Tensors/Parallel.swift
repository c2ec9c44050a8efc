import Foundation
import Synchronization

internal import CKernels

/// Runs `body` over 0..<count in pieces of up to `grain`, on all threads, and returns when all is done.
///
/// `work` is about how many multiplications it all takes: too few are not worth waking anybody for. Pieces are handed
/// out as threads come for them, so a thread that the system holds up delays one piece, not a share of the whole.
func parallel(_ count: Int, grain: Int, work: Int, _ body: (Range<Int>) -> Void) {
    guard count > grain, work > 1 << 18 else { return count > 0 ? body(0..<count) : () }
    ThreadPool.shared.run(count, grain: grain, body)
}

/// How many threads the arithmetic uses: as many as the machine has and the process may use, or fewer.
package enum Threads {
    package static let available = min(
        ProcessInfo.processInfo.activeProcessorCount,
        ControlGroup().processors ?? .max
    )
    private static let chosen = Atomic(available)

    static var count: Int { chosen.load(ordering: .relaxed) }

    /// To be said before the first multiplication: the threads start then.
    package static func limit(to count: Int) { chosen.store(min(max(1, count), available), ordering: .relaxed) }
}

/// A fixed set of threads that work on one job at a time, together with the thread that asked.
///
/// A job is published in `ticket`: its number in the upper half, the next piece to hand out in the lower. A worker takes
/// a piece by moving the ticket on; one that comes late finds another number or no piece left, and goes back to waiting.
/// Between jobs the ticket is closed, so that nobody can take a piece of the next one while it is being written down.
final class ThreadPool: Sendable {
    static let shared = ThreadPool(threads: Threads.count)

    private typealias Body = (Range<Int>) -> Void
    private static let closed: UInt64 = 0xffff_ffff
    /// 20 to 100 microseconds, by how long a pause is: longer than the gap between two matmuls.
    private static let spins = 2_000

    private let workers: Int
    private let isBusy = Atomic(false)
    private let ticket = Atomic<UInt64>(closed)
    private let done = Atomic(0)
    private let count = Atomic(0), grain = Atomic(1), body = Atomic<UInt>(0)
    private let sleepers = Atomic(0)
    private let bell = NSCondition()

    init(threads: Int) {
        workers = max(0, threads - 1)
        for _ in 0..<workers {
            let thread = Thread { self.work() }
            thread.stackSize = 1 << 20
            thread.name = "tensors"
            thread.start()
        }
    }

    func run(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
        // Whoever comes while another job runs does its own work alone: it has nobody to share it with.
        guard workers > 0, isBusy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged else {
            return body(0..<count)
        }
        defer { isBusy.store(false, ordering: .releasing) }

        withoutActuallyEscaping(body) { body in
            unsafe withUnsafePointer(to: body) { pointer in
                // Released, and acquired where they are read: who sees one of them has seen the ticket closed, and cannot
                // take a piece of the job before.
                self.count.store(count, ordering: .releasing)
                self.grain.store(grain, ordering: .releasing)
                self.body.store(UInt(bitPattern: pointer), ordering: .releasing)
                done.store(0, ordering: .relaxed)
                let job = (ticket.load(ordering: .relaxed) >> 32) &+ 1
                ticket.store(job << 32, ordering: .sequentiallyConsistent)
                if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
                    bell.lock()
                    bell.broadcast()
                    bell.unlock()
                }
                takePieces()
                waitUntilDone(count)
                ticket.store(job << 32 | Self.closed, ordering: .releasing)
            }
        }
    }

    private func waitUntilDone(_ count: Int) {
        var spins = 0
        while done.load(ordering: .acquiring) < count {
            spins += 1
            if spins < Self.spins { glm_relax() } else { sched_yield() }
        }
    }

    /// Takes pieces of the current job until none is left.
    private func takePieces() {
        while true {
            let now = ticket.load(ordering: .acquiring)
            let (count, grain) = (count.load(ordering: .acquiring), grain.load(ordering: .acquiring))
            let address = body.load(ordering: .acquiring)
            let start = Int(now & Self.closed) * grain
            guard start < count else { return }
            let mine = ticket.compareExchange(expected: now, desired: now + 1, ordering: .acquiringAndReleasing)
            guard mine.exchanged else { continue }
            // The job cannot end before this piece is done, so its closure is still there.
            let end = min(start + grain, count)
            if let body = unsafe UnsafePointer<Body>(bitPattern: address) { unsafe body.pointee(start..<end) }
            done.add(end - start, ordering: .releasing)
        }
    }

    private func work() {
        var seen: UInt64 = 0
        while true {
            var spins = 0
            while ticket.load(ordering: .acquiring) >> 32 == seen {
                spins += 1
                if spins < Self.spins { glm_relax() } else { sleep(while: seen) }
            }
            seen = ticket.load(ordering: .acquiring) >> 32
            takePieces()
        }
    }

    private func sleep(while seen: UInt64) {
        bell.lock()
        sleepers.add(1, ordering: .sequentiallyConsistent)
        while ticket.load(ordering: .sequentiallyConsistent) >> 32 == seen { bell.wait() }
        sleepers.subtract(1, ordering: .sequentiallyConsistent)
        bell.unlock()
    }
}
