/// A preparation as it goes. To stop it, stop iterating.
package typealias PreparationStream = AsyncThrowingStream<PreparationEvent, any Error>

/// What happens while a video is prepared.
package enum PreparationEvent: Sendable, Equatable {
    /// How many pictures, and then how many tokens, the model has gone through.
    case progress(ReplyEvent.Stage, done: Int, total: Int)
    /// A question goes first; what is done is kept.
    case paused
    /// All is known: the stream ends.
    case finished(Reading)
}
