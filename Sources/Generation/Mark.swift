/// A box of a reply, and where in the answer it stands.
package struct Mark: Sendable, Equatable {
    package let box: Box
    /// How many bytes of the answer, in UTF-8, were there when the box ended.
    package let offset: Int
}

extension Reply {
    /// The second of the video that a box speaks of: the one that the answer named last before it, else the last one that
    /// the question names; nil where neither names any.
    package func seconds(of mark: Mark, question: String, duration: Double? = nil) -> Double? {
        let named = Moment.all(in: answer, duration: duration).last { $0.range.upperBound <= mark.offset }
        return (named ?? Moment.all(in: question, duration: duration).last)?.start
    }
}
