import Dispatch
import Synchronization

/// A thread for work that takes long and never waits: decoding, resizing, tokenising. Neither the event loops nor the pool that
/// runs all `async` code may do it: every connection would stand still meanwhile.
package struct Worker: Sendable {
    private let queue: DispatchQueue

    /// `width`: how many pieces of work may run at once.
    package init(_ label: String, isConcurrent: Bool = false) {
        queue = DispatchQueue(label: label, qos: .utility, attributes: isConcurrent ? .concurrent : [])
    }

    /// Runs the work on the thread. Once the calling task is cancelled, `isCancelled` says so.
    package func run<Value: Sendable>(
        _ work: @escaping @Sendable (_ isCancelled: @escaping @Sendable () -> Bool) throws -> Value
    ) async throws -> Value {
        let flag = CancellationFlag()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                queue.async { continuation.resume(with: Result { try work { flag.isSet } }) }
            }
        } onCancel: {
            flag.set()
        }
    }
}

private final class CancellationFlag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() { value.store(true, ordering: .relaxed) }
}
