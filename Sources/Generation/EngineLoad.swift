/// What an engine is at.
package struct EngineLoad: Sendable, Equatable {
    /// Replies in the making, questions that wait, and preparations that wait or run.
    package let answering, waiting, preparing: Int
    /// What is kept for later questions, and what replies in the making hold.
    package let cachedBytes, timelines: Int
}
