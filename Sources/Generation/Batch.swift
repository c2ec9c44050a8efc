import GLM
import Tensors

/// Replies in the making: one prompt is read, a piece at a time, between the steps in which all others are written together.
///
/// No two prompts are read at a time, so that the second finds what the first has read. A reply that fails, ends or is
/// stopped leaves the others as they are, and each is what it would be alone, to the last bit.
struct Batch {
    enum Milestone {
        case read
        case ended((any Error)?)
    }

    /// How many tokens of a prompt are read between two steps of the others: still enough to use every weight many times,
    /// and they wait a quarter as long as for a whole piece.
    static let piece = 64

    /// How many rows a step has that fetches every weight once and takes hardly longer than for one. What replies leave of them goes to guesses.
    private static let rows = 4

    private let cache: PrefixCache
    private var reading: GenerationRun?
    private var writing: [GenerationRun] = []
    private let clock = ContinuousClock()

    /// Their timelines are of `cache`.
    init(_ cache: PrefixCache) { self.cache = cache }

    var isEmpty: Bool { reading == nil && writing.isEmpty }
    var isReading: Bool { reading != nil }

    /// Begins to read a prompt, where no other is read.
    mutating func begin(_ run: GenerationRun) {
        precondition(!isReading, "two prompts at a time")
        reading = run
    }

    /// A piece of the prompt that is read, and a token or more of each reply that is written. `tell` hears what came to pass.
    mutating func round(_ tell: (GenerationRun, Milestone) -> Void) {
        read(tell)
        write(tell)
        cache.trim()
    }

    private func end(_ run: GenerationRun, _ failure: (any Error)?, _ tell: (GenerationRun, Milestone) -> Void) {
        cache.settle(run.timeline, of: run.job.prompt)
        tell(run, .ended(failure))
    }

    private mutating func read(_ tell: (GenerationRun, Milestone) -> Void) {
        guard let run = reading else { return }
        do {
            try run.read(writing.isEmpty ? Session.piece : Self.piece)
            guard run.isRead else { return }
            writing.append(run)
            tell(run, .read)
        } catch {
            end(run, error, tell)
        }
        reading = nil
    }

    private mutating func write(_ tell: (GenerationRun, Milestone) -> Void) {
        let start = clock.now
        writing = writing.filter { run in goesOn(run, tell) { try run.write() } }
        guard !writing.isEmpty else { return }
        let runs = writing
        let steps = runs.map { (session: $0.timeline.session, tokens: $0.tokens(upTo: max(1, Self.rows / runs.count))) }
        // It throws only when all are stopped: the next round lets go of them.
        guard let logits = try? Session.step(steps, isStopped: { runs.allSatisfy(\.job.isStopped) }) else { return }
        let time = clock.now - start
        var row = 0
        writing = zip(runs, steps).filter { run, step in
            let rows = row..<row + step.tokens.count
            row = rows.upperBound
            return goesOn(run, tell) { try run.take(logits[rows], after: step.tokens, in: time) }
        }.map(\.0)
    }

    /// Whether there is more to come of a reply, as `body` finds.
    private func goesOn(
        _ run: GenerationRun,
        _ tell: (GenerationRun, Milestone) -> Void,
        _ body: () throws -> Bool
    ) -> Bool {
        do {
            if try body() { return true }
            end(run, nil, tell)
        } catch {
            end(run, error, tell)
        }
        return false
    }
}
