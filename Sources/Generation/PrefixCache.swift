import GLM
import Tensors

/// What was computed for earlier prompts: timelines, of which a new prompt takes over what it shares, and the features of
/// pictures. What was not used for longest goes first.
///
/// Only the engine's own thread comes here.
final class PrefixCache {
    /// A timeline that is kept after its reply.
    final class Timeline {
        let session: Session
        fileprivate var lastUse = 0
        /// Read or written on just now: it stays, and goes on with nothing else.
        fileprivate var isInUse = false

        fileprivate init(_ session: Session) { self.session = session }
    }

    private struct Known {
        let features: Features
        var lastUse: Int
    }

    /// How many tokens are sooner read again than a timeline is copied and kept for them.
    private static let cheap = 64

    private let model: GLM4V
    private let budget: Int
    private var timelines: [Timeline] = []
    private var known: [Picture.ID: Known] = [:]
    private var uses = 0

    /// `budget` is in bytes.
    init(_ model: GLM4V, budget: Int) {
        self.model = model
        self.budget = budget
    }

    /// A timeline with as much of the prompt as is known, and no more than `limit`: one that it goes on with, or a copy of a
    /// part of one. It is in use until it is settled.
    func timeline(for prompt: Prompt, upTo limit: Int) -> Timeline {
        let known = timelines.map { (timeline: $0, shared: min($0.session.shared(with: prompt), limit)) }
        let best = known.max {
            ($0.shared, $0.timeline.isInUse ? 0 : 1, $0.timeline.lastUse)
                < ($1.shared, $1.timeline.isInUse ? 0 : 1, $1.timeline.lastUse)
        }
        let timeline = best.map { continuation(of: $0.timeline, at: $0.shared) } ?? Timeline(Session(model))
        if !timelines.contains(where: { $0 === timeline }) { timelines.append(timeline) }
        timeline.lastUse = use()
        timeline.isInUse = true
        let more = max(0, prompt.tokens.count - timeline.session.count) * Session.bytesPerToken(model)
        trim(to: budget - more)
        return timeline
    }

    private func continuation(of timeline: Timeline, at shared: Int) -> Timeline {
        guard !timeline.isInUse, isCheap(timeline, beyond: shared) else {
            return Timeline(timeline.session.fork(at: shared))
        }
        timeline.session.rewind(to: shared)
        return timeline
    }

    /// Whether a timeline is given up for another that has its first `shared` tokens.
    private func isCheap(_ timeline: Timeline, beyond shared: Int) -> Bool {
        timeline.session.count - shared <= min(shared, Self.cheap)
    }

    func features(of picture: Picture) -> Features? {
        guard let id = picture.id, let found = known[id] else { return nil }
        known[id]?.lastUse = use()
        return found.features
    }

    func keep(_ features: Features, of picture: Picture) {
        guard let id = picture.id else { return }
        known[id] = Known(features: features, lastUse: use())
        trim()
    }

    /// Keeps the prompt of a timeline for later: what was written after it will not be asked for again.
    func settle(_ timeline: Timeline, of prompt: Prompt) {
        let session = timeline.session
        if session.count > prompt.tokens.count { session.rewind(to: prompt.tokens.count) }
        session.compact()
        timeline.lastUse = use()
        timeline.isInUse = false
        // Had they not been in use, the prompt would have gone on with them: many questions at once about a video are to leave no more
        // copies of it than one after the other.
        timelines.removeAll { other in
            guard other !== timeline, !other.isInUse else { return false }
            let shared = other.session.shared(with: prompt)
            return shared <= session.count && isCheap(other, beyond: shared)
        }
        trim()
    }

    /// Lets go of what has no place any more, now that what is in use has grown.
    func trim() { trim(to: budget) }

    var bytes: Int {
        timelines.reduce(0) { $0 + $1.session.bytes } + known.values.reduce(0) { $0 + $1.features.tokens.bytes }
    }

    var count: Int { timelines.count }

    private func use() -> Int {
        uses += 1
        return uses
    }

    private func trim(to budget: Int) {
        while bytes > budget {
            let timeline = timelines.filter { !$0.isInUse }.min { $0.lastUse < $1.lastUse }
            let picture = known.min { $0.value.lastUse < $1.value.lastUse }
            if let timeline, timeline.lastUse < picture?.value.lastUse ?? .max {
                timelines.removeAll { $0 === timeline }
            } else if let picture {
                known[picture.key] = nil
            } else {
                return
            }
        }
    }
}
