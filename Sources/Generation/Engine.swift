import Dispatch
import GLM
import Tensors
import Tokenization

/// Why a reply could not be made.
package enum GenerationError: Error, Equatable, CustomStringConvertible {
    case contextExceeded(tokens: Int, context: Int)
    case notFinite

    package var description: String {
        switch self {
        case .contextExceeded(let tokens, let context):
            "the prompt has \(tokens) tokens, the model's context is \(context): take fewer or smaller frames"
        case .notFinite:
            "the model's scores are not numbers: its weights are damaged, download them again"
        }
    }
}

/// A loaded model, answering one question at a time.
///
/// A forward pass is seconds of arithmetic with nowhere to suspend, so the engine runs on a thread of its own: on the
/// cooperative pool it would hold up everything else. And since `generate` never awaits, two questions cannot interleave
/// on one cache: they queue.
package actor Engine {
    private let model: GLM4V
    private let executor = DedicatedExecutor(label: "engine")
    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    package init(_ model: GLM4V) { self.model = model }

    /// Streams the reply. To stop it, stop iterating: the model halts before its next layer.
    package nonisolated func reply(to prompt: Prompt, options: ReplyOptions) -> ReplyStream {
        ReplyStream { continuation in
            let task = Task { await self.generate(prompt, options, into: continuation) }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    private func generate(_ prompt: Prompt, _ options: ReplyOptions, into stream: ReplyStream.Continuation) {
        do {
            try Task.checkCancellation()  // the client may have left while we queued
            try options.validate()
            try model.checkUnchanged()
            let room = model.config.text.contextLength - prompt.tokens.count
            guard room > 0 else {
                throw GenerationError.contextExceeded(
                    tokens: prompt.tokens.count,
                    context: model.config.text.contextLength
                )
            }
            var run = GenerationRun(model, prompt, options, limit: min(options.maximumNewTokens, room), stream)
            try run.run()
            stream.finish()
        } catch {
            stream.finish(throwing: error)
        }
    }
}

/// Runs an actor's jobs, in order, on a thread outside the cooperative pool.
private final class DedicatedExecutor: SerialExecutor {
    private let queue: DispatchQueue

    init(label: String) { queue = DispatchQueue(label: label) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
