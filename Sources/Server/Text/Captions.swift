import Foundation
import Generation

/// Moments as subtitles.
struct Captions {
    struct Cue: Equatable {
        let start, end: Double
        let text: String
    }

    private let cues: [Cue]

    init(_ cues: [Cue]) { self.cues = cues }

    static func cues(of answers: [String], duration: Double) -> [Cue] {
        answers.flatMap { Generation.Cue.all(in: $0, duration: duration) }
            .map { Cue(start: $0.start, end: $0.end, text: $0.text) }
            .sorted { ($0.start, $0.end) < ($1.start, $1.end) }
    }

    /// SubRip.
    var srt: String {
        cues.enumerated().map { i, cue in
            "\(i + 1)\n\(Self.time(cue.start, ",")) --> \(Self.time(cue.end, ","))\n\(Self.line(cue.text))\n"
        }.joined(separator: "\n")
    }

    /// WebVTT, in which `<` and `&` would begin something.
    var vtt: String {
        let blocks = cues.map { cue in
            let text = Self.line(cue.text).replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(
                ">",
                with: "&gt;"
            )
            return "\(Self.time(cue.start, ".")) --> \(Self.time(cue.end, "."))\n\(text)\n"
        }
        return (["WEBVTT\n"] + blocks).joined(separator: "\n")
    }

    /// `00:01:02,500`
    private static func time(_ seconds: Double, _ point: String) -> String {
        let milliseconds = Int((min(max(seconds, 0), 359_999.999) * 1000).rounded())
        func padded(_ number: Int, _ digits: Int = 2) -> String {
            String(repeating: "0", count: max(0, digits - "\(number)".count)) + "\(number)"
        }
        let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000)
        return
            "\(padded(seconds / 3600)):\(padded(seconds / 60 % 60)):\(padded(seconds % 60))\(point)\(padded(rest, 3))"
    }

    /// A cue ends at an empty line, so it has none, nor anything that looks like its time.
    private static func line(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ").replacing("-->", with: "→")
    }
}
