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

    private let cache: PrefixCache
    /// How many rows a step may have for the sake of guesses: so many hardly take longer than one, which fetches every weight, too.
    private let rows: Int
    private var reading: GenerationRun?
    private var writing: [GenerationRun] = []
    private let clock = ContinuousClock()

    /// Their timelines are of `cache`. With one row in a step nothing is guessed.
    init(_ cache: PrefixCache, rows: Int = 4) {
        self.cache = cache
        self.rows = rows
    }

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
        let share = max(1, rows / runs.count)
        let steps = runs.map { (session: $0.timeline.session, tokens: $0.tokens(upTo: share)) }
        // It throws only when all are stopped: the next round lets go of them.
        guard let logits = try? Session.step(steps, isStopped: { runs.allSatisfy(\.job.isStopped) }) else { return }
        writing = []
        var row = 0
        for (run, tokens) in zip(runs, steps.map(\.tokens)) {
            let rows = row..<row + tokens.count
            row = rows.upperBound
            if goesOn(run, tell, { try run.take(logits[rows], after: tokens, since: start) }) { writing.append(run) }
        }
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
