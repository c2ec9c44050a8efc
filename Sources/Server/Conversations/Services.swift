import History
import Logging

/// What conversations share.
struct Services: Sendable {
    let store: Store
    let library: MediaLibrary
    let clips: ClipStore
    let host: ModelHost
    let admission: Admission
    let measures: Measures
    let logger: Logger
    /// How long work goes on after the last reader left.
    let grace: Duration
    /// For building prompts.
    let worker = Worker("prompts")
    /// Forgets a conversation that nobody reads; it is in the history.
    let evict: @Sendable (_ id: String) async -> Void
}
