/// What an engine is at.
package struct EngineLoad: Sendable, Equatable {
    package let isAnswering: Bool
    /// Questions that wait, and preparations that wait or run.
    package let waiting, preparing: Int
    /// What is kept for later questions.
    package let cachedBytes, timelines: Int
}
