import GLM
import Server
import Synchronization

@testable import Generation

/// An engine that says what it was told to say, so that the server is tested without waiting for one.
final class Scripted: Generator {
    let context: Int
    private let pieces: [String]
    private let pause: Duration
    private let isEndless: Bool
    private let state = Mutex((running: 0, begun: 0, prepared: 0))
    private let isHeld: Mutex<Bool>
    private let prompts = Mutex<[Prompt]>([])

    /// Says the pieces one after the other; an endless one begins again after the last.
    /// With `holdsPreparation` it prepares half, and the rest after `release`.
    init(
        _ pieces: [String],
        pause: Duration = .zero,
        isEndless: Bool = false,
        holdsPreparation: Bool = false,
        context: Int = 8192
    ) {
        self.pieces = pieces
        isHeld = Mutex(holdsPreparation)
        self.pause = pause
        self.isEndless = isEndless
        self.context = context
    }

    var running: Int { state.withLock { $0.running } }
    var begun: Int { state.withLock { $0.begun } }
    var prepared: Int { state.withLock { $0.prepared } }
    var heard: [Prompt] { prompts.withLock { $0 } }

    let speed = Speed()
    var load: EngineLoad {
        EngineLoad(answering: running, waiting: 0, preparing: 0, cachedBytes: 0, timelines: 0)
    }

    func reply(to prompt: Prompt, options: ReplyOptions, owner: String) throws -> ReplyStream {
        prompts.withLock { $0.append(prompt) }
        return ReplyStream { stream in
            state.withLock { ($0.running, $0.begun) = ($0.running + 1, $0.begun + 1) }
            let task = Task {
                await speak(into: stream)
                state.withLock { $0.running -= 1 }
            }
            stream.onTermination = { _ in task.cancel() }
        }
    }

    private func speak(into stream: ReplyStream.Continuation) async {
        var parser = ReplyParser()
        stream.yield(.read(Reading()))
        var id = 0
        repeat {
            for piece in pieces {
                try? await Task.sleep(for: pause)
                if Task.isCancelled { return stream.finish() }
                id += 1
                let token = ReplyToken(id: id, logprobs: nil)
                stream.yield(.token(token, text: piece, deltas: parser.append(piece), after: .milliseconds(id)))
            }
        } while isEndless
        stream.yield(.finished(.stop, text: "", deltas: parser.finish()))
        stream.finish()
    }

    func measure() async throws {}

    func prepare(_ preparation: Preparation, owner: String) throws -> PreparationStream {
        state.withLock { $0.prepared += 1 }
        return PreparationStream { stream in
            stream.yield(.progress(.vision, done: 1, total: 2))
            let task = Task {
                while isHeld.withLock({ $0 }) && !Task.isCancelled { try? await Task.sleep(for: .milliseconds(5)) }
                stream.yield(.progress(.vision, done: 2, total: 2))
                stream.yield(.finished(Reading()))
                stream.finish()
            }
            stream.onTermination = { _ in task.cancel() }
        }
    }

    func release() { isHeld.withLock { $0 = false } }
}
