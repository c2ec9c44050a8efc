import Generation

/// GitHub-flavoured Markdown as HTML that can do nothing: no markup but the renderer's own, no picture, no link but to the web
/// or to mail. Times that the text names become buttons.
///
/// Safe to put into a page as it is; see `HostileMarkdownTests`.
package struct SafeHTML: Sendable, Equatable {
    package let text: String

    /// More than any reply has; what is longer is cut.
    private static let maximumBytes = 1 << 18

    /// `duration` is that of the longest video that the text speaks of: later times are no places in it. Without one no time is.
    package init(markdown: String, duration: Double? = nil) {
        let source = String(decoding: markdown.utf8.prefix(Self.maximumBytes), as: UTF8.self)
        let html = MarkdownTree.html(of: MomentMarks.strip(source)) { text in
            MomentMarks.mark(text, duration: duration)
        }
        // In safe mode only the renderer itself can have written a tag.
        text = MomentMarks.buttons(in: html).replacing("<a href=\"", with: Self.linkStart)
    }

    private static let linkStart = "<a rel=\"noopener noreferrer nofollow\" target=\"_blank\" href=\""
}

/// Times in a text, carried through the renderer between characters that no text has, and made buttons afterwards.
///
/// A tag could not be put in before rendering: it would be text. Nor after: what is code or a link would no longer be told
/// from what is said.
enum MomentMarks {
    private static let start: Unicode.Scalar = "\u{E000}", middle: Unicode.Scalar = "\u{E001}"
    private static let end: Unicode.Scalar = "\u{E002}"

    /// The text without characters of ours.
    static func strip(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isMark) else { return text }
        var stripped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { stripped.append(isMark(scalar) ? "\u{FFFD}" : scalar) }
        return String(stripped)
    }

    /// The text with each time that it names marked, or nil where there is none.
    static func mark(_ text: String, duration: Double?) -> String? {
        guard let duration else { return nil }
        let moments = Moment.all(in: text, duration: duration)
        guard !moments.isEmpty else { return nil }
        let bytes = Array(text.utf8)
        var (marked, done) = ("", 0)
        for moment in moments where moment.range.lowerBound >= done && moment.range.upperBound <= bytes.count {
            marked += String(decoding: bytes[done..<moment.range.lowerBound], as: UTF8.self)
            let words = String(decoding: bytes[moment.range], as: UTF8.self)
            marked += "\(start)\(moment.start)\(middle)\(words)\(end)"
            done = moment.range.upperBound
        }
        return marked + String(decoding: bytes[done...], as: UTF8.self)
    }

    /// The HTML with its marks made buttons.
    static func buttons(in html: String) -> String {
        guard html.unicodeScalars.contains(where: isMark) else { return html }
        var result = "", seconds = ""
        var isSeconds = false
        for scalar in html.unicodeScalars {
            switch scalar {
            case start: (isSeconds, seconds) = (true, "")
            case middle:
                isSeconds = false
                result += "<button type=\"button\" class=\"moment\" data-seconds=\"\(seconds)\">"
            case end: result += "</button>"
            default:
                if isSeconds { seconds.unicodeScalars.append(scalar) } else { result.unicodeScalars.append(scalar) }
            }
        }
        return result
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool { (start...end).contains(scalar) }
}
