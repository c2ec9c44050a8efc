import Foundation
import TestSupport
import Testing

/// What the bundled model says of its samples beyond "What happens?", in all layouts: colours, numbers, ways, times, places, and what it
/// refuses. `AskTests` has what happens.
struct BundledModelTests {
    static let layouts = ["frames-first", "question-first", "video"]

    struct Asked: Sendable, CustomTestStringConvertible {
        let film, question, word: String
        var testDescription: String { question }
    }

    @Test(
        arguments: [
            Asked(film: "colour-changes", question: "What color is the triangle?", word: "green"),
            Asked(film: "colour-changes", question: "What color is the star at the end?", word: "blue"),
            Asked(film: "triangle-down-circle-left", question: "How many shapes are there?", word: "two"),
            Asked(film: "black-square-moves-right", question: "Which way does the square move?", word: "right"),
            Asked(film: "comes-and-goes", question: "Is there a star?", word: "yes"),
            Asked(film: "black-square-moves-right", question: "Is there a star?", word: "no"),
            Asked(
                film: "triangle-down-circle-left",
                question: "Where does the triangle end up: top, middle or bottom?",
                word: "bottom"
            ),
        ],
        layouts
    )
    func `it tells colours, numbers, ways, places and what is there`(asked: Asked, layout: String) throws {
        let answer = try answer(to: asked.question, about: sample(asked.film), layout)
        let words = answer.lowercased().split { !$0.isLetter }.map(String.init)
        #expect(words.contains(asked.word), "\(answer)")
    }

    @Test(arguments: layouts)
    func `it tells when something changes`(layout: String) throws {
        let answer = try answer(to: "When does the star change its color?", about: sample("colour-changes"), layout)
        let time = try #require(numbers(in: answer).first, "\(answer)")
        #expect(
            (1.5...2.5).contains(time),
            "it turns blue between 1.5 s and 2 s, and a frame is shown every 0.44 s or 0.5 s"
        )
    }

    @Test(arguments: layouts)
    func `it tells where something is`(layout: String) throws {
        let answer = try answer(to: "Where is the square at 2 s?", about: sample("black-square-moves-right"), layout)
        let box = numbers(in: answer)
        try #require(box.count == 4, "\(answer)")
        #expect(overlap(box, [416, 444, 591, 756]) > 0.5, "\(answer)")
    }

    /// Drawn by FFmpeg, so neither by what drew the films of its training nor by what drew the samples: a small red square that moves right above
    /// a larger blue one.
    @Test(
        arguments: [
            ("What happens?", ["red", "moves", "right", "blue", "still"]),
            ("How many squares are there?", ["two"]),
            ("I am looking for a star. Is there one?", ["no"]),
            ("Is the red square at the left, in the middle or at the right at 0 s?", ["left"]),
            ("Is the blue square in the upper or the lower half at 1 s?", ["lower"]),
            ("Where does the red square start and where does it end up?", ["left", "right"]),
        ],
        layouts
    )
    func `it tells two of a kind apart`(asked: (question: String, words: [String]), layout: String) throws {
        let folder = try TemporaryFolder()
        let film = folder.path + "/squares.mp4"
        try ffmpeg(
            [
                "color=c=0xE8E4DA:s=640x360:r=25:d=4", "color=c=0xD02020:s=80x80:r=25:d=4",
                "color=c=0x2040D0:s=110x110:r=25:d=4",
            ],
            to: film,
            ["-filter_complex", "[0][1]overlay=x='60+110*t':y=60[a];[a][2]overlay=x=420:y=200"]
        )
        let answer = try answer(to: asked.question, about: film, layout)
        #expect(Set(asked.words).isSubset(of: answer.lowercased().split { !$0.isLetter }.map(String.init)), "\(answer)")
    }

    @Test(arguments: layouts)
    func `it says what it does not know`(layout: String) throws {
        let folder = try TemporaryFolder()
        let pattern = folder.path + "/pattern.mp4"
        try ffmpeg(["testsrc=size=640x360:duration=3"], to: pattern)
        for (film, question) in [(pattern, "What happens?"), (sample("colour-changes"), "What is the weather like?")] {
            let answer = try answer(to: question, about: film, layout)
            #expect(answer.contains("demonstration model") && answer.contains("GLM-4.1V-9B-Thinking"), "\(answer)")
        }
    }

    @Test(arguments: layouts)
    func `it makes up no shape that is not there`(layout: String) throws {
        let questions = [("purple star", "What does the purple star do?"), ("red square", "Where is the red square?")]
        for (name, question) in questions {
            let answer = try answer(to: question, about: sample("comes-and-goes"), layout)
            #expect(answer == "There is no \(name).")
        }
    }

    private func sample(_ name: String) -> String { checkout + "/Models/shapes/samples/\(name).mp4" }

    private func ffmpeg(_ sources: [String], to film: String, _ options: [String] = []) throws {
        let inputs = sources.flatMap { ["-f", "lavfi", "-i", $0] }
        let arguments = ["ffmpeg", "-v", "error"] + inputs + options + [film]
        let process = try Process.run(URL(fileURLWithPath: "/usr/bin/env"), arguments: arguments)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    private func answer(to question: String, about film: String, _ layout: String) throws -> String {
        let asked = try Program.run(["ask", film, question, "--layout", layout, "--json"] + Program.greedy)
        #expect(asked.status == 0, "\(asked.errors)")
        let reply = (try asked.json() as? [String: Any])?["reply"] as? [String: Any]
        return try #require(reply?["answer"] as? String)
    }

    private func numbers(in text: String) -> [Double] {
        text.split { !$0.isNumber && $0 != "." }.compactMap { Double($0) }
    }

    /// Intersection over union of two boxes [x1, y1, x2, y2].
    private func overlap(_ a: [Double], _ b: [Double]) -> Double {
        let inner = (0..<2).reduce(1) { $0 * max(0, min(a[$1 + 2], b[$1 + 2]) - max(a[$1], b[$1])) }
        let area = { (box: [Double]) in (box[2] - box[0]) * (box[3] - box[1]) }
        return inner / (area(a) + area(b) - inner)
    }
}
