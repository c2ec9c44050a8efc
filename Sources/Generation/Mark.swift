/// A box of a reply, and where it stands.
package struct Mark: Sendable, Equatable {
    package let box: Box
    /// Whether it stands in the thought, else in the answer.
    package let isThought: Bool
    /// How many bytes of the thought or the answer, in UTF-8, were there when the box ended.
    package let offset: Int
}

extension Reply {
    /// The second of the video that a box speaks of: the one that was named last before it, else the last one that the
    /// question names; nil where neither names any.
    package func seconds(of mark: Mark, question: String, duration: Double? = nil) -> Double? {
        let named = Moment.all(in: mark.isThought ? thought : answer, duration: duration).last {
            $0.range.upperBound <= mark.offset
        }
        return (named ?? Moment.all(in: question, duration: duration).last)?.start
    }
}
