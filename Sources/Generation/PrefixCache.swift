import GLM
import Tensors

/// What was computed for earlier prompts: timelines, of which a new prompt takes over what it shares, and the features of
/// pictures. What was not used for longest goes first.
///
/// Only the engine's own thread comes here.
final class PrefixCache {
    /// A timeline that is kept after its reply.
    final class Timeline {
        var session: Session
        fileprivate var lastUse = 0

        fileprivate init(_ session: consuming Session) { self.session = session }
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
    /// The one that is read or written on just now, which stays.
    private var current: Timeline?

    /// `budget` is in bytes.
    init(_ model: GLM4V, budget: Int) {
        self.model = model
        self.budget = budget
    }

    /// A timeline with as much of the prompt as is known: one that it goes on with, or a copy of a part of one.
    func timeline(for prompt: Prompt) -> Timeline {
        let best = timelines.max {
            ($0.session.shared(with: prompt), $0.lastUse) < ($1.session.shared(with: prompt), $1.lastUse)
        }
        let timeline =
            best.map { continuation(of: $0, at: $0.session.shared(with: prompt)) } ?? Timeline(Session(model))
        if !timelines.contains(where: { $0 === timeline }) { timelines.append(timeline) }
        timeline.lastUse = use()
        current = timeline
        let more = max(0, prompt.tokens.count - timeline.session.count) * Session.bytesPerToken(model)
        trim(to: budget - more)
        return timeline
    }

    private func continuation(of timeline: Timeline, at shared: Int) -> Timeline {
        let lost = timeline.session.count - shared
        guard lost <= min(shared, Self.cheap) else { return Timeline(timeline.session.fork(at: shared)) }
        timeline.session.rewind(to: shared)
        return timeline
    }

    func features(of picture: Picture) -> Features? {
        guard let id = picture.id, let found = known[id] else { return nil }
        known[id]?.lastUse = use()
        return found.features
    }

    func keep(_ features: Features, of picture: Picture) {
        guard let id = picture.id else { return }
        known[id] = Known(features: features, lastUse: use())
        trim(to: budget)
    }

    /// Keeps the first `tokens` of a timeline for later: the rest will not be asked for again.
    func settle(_ timeline: Timeline, at tokens: Int) {
        if timeline.session.count > tokens { timeline.session.rewind(to: tokens) }
        timeline.session.compact()
        timeline.lastUse = use()
        current = nil
        trim(to: budget)
    }

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
            let timeline = timelines.filter { $0 !== current }.min { $0.lastUse < $1.lastUse }
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
