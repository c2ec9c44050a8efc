/// What an answer says about a part of a video: one entry of its subtitles.
package struct Cue: Sendable, Equatable {
    /// Seconds.
    package let start, end: Double
    package let text: String

    /// How long a time that is no span is shown.
    private static let shown = 2.0

    /// Every sentence of a text that names a moment of the video, in the order of their times.
    package static func all(in text: String, duration: Double) -> [Cue] {
        let cues = sentences(of: text).compactMap { sentence -> Cue? in
            let moments = Moment.all(in: sentence, duration: duration)
            guard let start = moments.map(\.start).min(), let end = moments.map({ $0.end ?? $0.start }).max() else {
                return nil
            }
            return Cue(start: start, end: end > start ? end : min(start + shown, max(duration, start)), text: sentence)
        }
        return cues.enumerated().sorted { ($0.element.start, $0.offset) < ($1.element.start, $1.offset) }.map(\.element)
    }

    /// A sentence ends with its line, or with a mark and white space.
    private static func sentences(of text: String) -> [String] {
        var (sentences, sentence) = ([String](), "")
        for character in text {
            let isEnded = sentence.last.map { ".!?".contains($0) } ?? false
            if character.isNewline || character.isWhitespace && isEnded {
                sentences.append(sentence)
                sentence = ""
            } else if !(sentence.isEmpty && character.isWhitespace) {
                sentence.append(character)
            }
        }
        return (sentences + [sentence]).filter { !$0.isEmpty }
    }
}
