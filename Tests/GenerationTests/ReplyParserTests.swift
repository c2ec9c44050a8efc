import Testing

@testable import Generation

struct ReplyParserTests {
    @Test(arguments: [
        ("<think>Hm.</think><answer>Red.</answer>", "Hm.", "Red."),
        ("<think>\nHm.\n\n</think>\n<answer>\nRed.\n</answer>\n", "Hm.", "Red."),
        ("<think>Hm.</think>Red.", "Hm.", "Red."),  // no <answer>
        ("<think>Hm.<answer>Red.", "Hm.", "Red."),  // no end of anything
        ("<think>Hm", "Hm", ""),  // cut while thinking
        ("Red.", "", "Red."),  // no tags
        ("<answer>Red.</answer>", "", "Red."),
        ("<think></think><answer>Red.</answer>", "", "Red."),
        ("<think>a < b, <b>, </thin</think><answer>x<y</answer>", "a < b, <b>, </thin", "x<y"),
        ("<think>a  b</think><answer>c\n\nd</answer>", "a  b", "c\n\nd"),
        ("<think>é🙂</think><answer>中文</answer>", "é🙂", "中文"),
        ("", "", ""),
        ("<", "", "<"),
        ("<answer>One</answer> two", "", "One two"),
        ("One<think>Hm.</think>two<think>Ha.</think>", "Hm.\n\nHa.", "One\n\ntwo"),
        ("<think>e</think>\u{301}<answer>\u{301}x</answer>", "e", "\u{301}\n\n\u{301}x"),  // marks join with tags' ends
        ("<answer>at <|begin_of_box|>[[1,2,3,4]]<|end_of_box|>!</answer>", "", "at [[1,2,3,4]]!"),
    ])
    func `thought and answer come apart wherever the stream is cut`(raw: String, thought: String, answer: String) {
        let characters = Array(raw.unicodeScalars)
        for size in [1, 2, 3, 7, max(1, characters.count)] {
            var parser = ReplyParser()
            var deltas: [Delta] = []
            for start in stride(from: 0, to: characters.count, by: size) {
                deltas += parser.append(
                    String(String.UnicodeScalarView(characters[start..<min(start + size, characters.count)]))
                )
            }
            deltas += parser.finish()
            #expect(deltas.thought == thought, "\(raw) by \(size)")
            #expect(deltas.answer == answer, "\(raw) by \(size)")
        }
    }

    @Test(arguments: [
        ("[[1,2,3,4]]", [Box(left: 1, top: 2, right: 3, bottom: 4)]),
        ("[1, 2.5, 3, 1000]", [Box(left: 1, top: 2.5, right: 3, bottom: 1000)]),
        ("(1 2 3 4)", [Box(left: 1, top: 2, right: 3, bottom: 4)]),
        ("{1,2,3,4}", [Box(left: 1, top: 2, right: 3, bottom: 4)]),
        ("1,2,3,4", [Box(left: 1, top: 2, right: 3, bottom: 4)]),
        (
            "[[1,2,3,4],[5,6,7,8]]",
            [Box(left: 1, top: 2, right: 3, bottom: 4), Box(left: 5, top: 6, right: 7, bottom: 8)]
        ),
        ("(x1=1, y1=2, x2=3, y2=4)", [Box(left: 1, top: 2, right: 3, bottom: 4)]), ("[5,5,1,9]", []),
        ("[1,2,3]", []), ("[1,2,3,1001]", []), ("[-1,2,3,4]", []), ("[1e99,.,-,3]", []), ("the circle", []), ("", []),
        ("[99999999999999999999999999,2,3,4]", []),
    ])
    func `boxes are read in any brackets, and nothing else is one`(text: String, boxes: [Box]) {
        var parser = ReplyParser()
        let deltas = parser.append("<answer>x <|begin_of_box|>\(text)<|end_of_box|>") + parser.finish()
        #expect(deltas.boxes == boxes)
    }

    /// As the engine gives it: text in any pieces, and the rest at the end.
    @Test func `a reply is the same wherever the stream is cut, and raw to the letter`() {
        let raw =
            "\n<think> one\n<|begin_of_box|>[[1,2,3,4],[5,6,7,8]]<|end_of_box|> <b> é</think>\n\n<answer>x <|begin_of_box|> [9,9,9,9]\n"
            + "<|end_of_box|> y < <|begin_of_box|>none<|end_of_box|>\n| a | b |\n</answer> <|user"
        let scalars = Array(raw.unicodeScalars)
        func reply(by size: Int) -> Reply {
            var (parser, reply) = (ReplyParser(), Reply())
            for start in stride(from: 0, to: scalars.count, by: size) {
                let text = String(String.UnicodeScalarView(scalars[start..<min(start + size, scalars.count)]))
                let token = ReplyToken(id: 0, logprobs: nil)
                reply.append(.token(token, text: text, deltas: parser.append(text), after: .zero))
            }
            reply.append(.finished(.stop, text: "", deltas: parser.finish()))
            return reply
        }
        let whole = reply(by: scalars.count)
        #expect(whole.thought == "one\n[[1,2,3,4],[5,6,7,8]] <b> é")
        #expect(whole.answer == "x  [9,9,9,9]\n y < none\n| a | b |\n <|user")
        #expect(whole.marks.map(\.isThought) == [true, true, false])
        for size in 1...20 {
            let cut = reply(by: size)
            #expect(cut.raw == raw && cut.thought == whole.thought && cut.answer == whole.answer, "by \(size)")
            #expect(cut.marks == whole.marks, "by \(size)")
        }
    }

    @Test func `a box that is never closed counts at the end`() {
        var parser = ReplyParser()
        #expect((parser.append("<|begin_of_box|>[1,2,3,4]") + parser.finish()).boxes.count == 1)
    }

    @Test func `a parser knows whether the model is thinking`() {
        var parser = ReplyParser()
        #expect(!parser.isThinking)
        _ = parser.append("<think>Hm")
        #expect(parser.isThinking)
        _ = parser.append("</think>")
        #expect(!parser.isThinking)
    }
}

extension [Delta] {
    var thought: String { map { if case .thought(let text) = $0 { text } else { "" } }.joined() }
    var answer: String { map { if case .answer(let text) = $0 { text } else { "" } }.joined() }
    var boxes: [Box] { flatMap { if case .boxes(let boxes) = $0 { boxes } else { [Box]() } } }
}
