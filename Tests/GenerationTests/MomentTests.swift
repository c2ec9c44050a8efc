import Testing

@testable import Generation

struct MomentTests {
    @Test(
        arguments: [
            ("At 1.5s it falls.", [(1.5, nil, "1.5s")]),
            ("0:12", [(12, nil, "0:12")]),
            ("1:02:03.5 and 10:00", [(3723.5, nil, "1:02:03.5"), (600, nil, "10:00")]),
            ("at 3 seconds, then at 4 sec.", [(3, nil, "3 seconds"), (4, nil, "4 sec")]),
            ("from 2 to 4 s", [(2, 4, "2 to 4 s")]),
            ("From 2.5s to 4s.", [(2.5, 4, "2.5s to 4s")]),
            ("0.5-1.5s, 2–3 s, 0:10 - 0:20", [(0.5, 1.5, "0.5-1.5s"), (2, 3, "2–3 s"), (10, 20, "0:10 - 0:20")]),
            ("between 2 and 4 seconds", [(2, 4, "2 and 4 seconds")]),
            ("at 2 s and 4 s", [(2, nil, "2 s"), (4, nil, "4 s")]),
            ("5s to 2s", [(5, nil, "5s"), (2, nil, "2s")]),  // no span goes back
            ("3.96s: one", [(3.96, nil, "3.96s")]),
            ("(0:05)", [(5, nil, "0:05")]), ("at 7 S", [(7, nil, "7 S")]), ("é1sé", [(1, nil, "1s")]),
            ("2 to 0:30", [(30, nil, "0:30")]),
        ] as [(String, [(Double, Double?, String)])]
    )
    func `times and spans are found where they are named`(text: String, expected: [(Double, Double?, String)]) {
        let moments = Moment.all(in: text)
        #expect(moments.map(\.start) == expected.map(\.0), "\(text)")
        #expect(moments.map(\.end) == expected.map(\.1), "\(text)")
        #expect(moments.map { text.bytes($0.range) } == expected.map(\.2), "\(text)")
    }

    @Test(arguments: [
        "", "3", "3 circles", "5 squares", "16:9", "1:60", "version 1.2.3", "v2s", "a3s", "x0:12", "12:345",
        "99999999999s", "1:2:3",
        "::", "s", "-", "2 to", "2-", "3 s1", "[1,2,3,4]", "0:", ":12",
    ])
    func `what is no time is left alone`(text: String) {
        #expect(Moment.all(in: text).isEmpty)
    }

    @Test func `what is beyond the video is not a moment of it`() {
        let moments = Moment.all(in: "in the 90s, at 3 s and from 4 to 20 s", duration: 8)
        #expect(moments.map(\.start) == [3, 4])
        #expect(moments.map(\.end) == [nil, 8])
    }

    @Test func `any bytes are gone through`() {
        var random = SplitMix64(seed: 5)
        let alphabet = Array("0123456789:.-–s ecndto\u{301}é".unicodeScalars)
        for _ in 0..<3000 {
            let length = Int.random(in: 0..<24, using: &random)
            let scalars = (0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }
            let text = String(String.UnicodeScalarView(scalars))
            let moments = Moment.all(in: text)
            #expect(moments.allSatisfy { $0.start.isFinite && $0.end ?? .infinity >= $0.start }, "\(text)")
            #expect(
                moments.allSatisfy { 0 <= $0.range.lowerBound && $0.range.upperBound <= text.utf8.count },
                "\(text)"
            )
        }
    }

    @Test func `sentences that name moments become cues, in the order of time`() {
        let text = """
            At 2.5 s a circle appears! From 0 to 1.5s a square moves.
            - Nothing is named here. It ends at 0:07.
            """
        #expect(
            Cue.all(in: text, duration: 8) == [
                Cue(start: 0, end: 1.5, text: "From 0 to 1.5s a square moves."),
                Cue(start: 2.5, end: 4.5, text: "At 2.5 s a circle appears!"),
                Cue(start: 7, end: 8, text: "It ends at 0:07."),
            ]
        )
        #expect(Cue.all(in: "Nothing.", duration: 8).isEmpty)
        #expect(Cue.all(in: "At 0 s.", duration: 0) == [Cue(start: 0, end: 0, text: "At 0 s.")])
    }

    @Test func `a box speaks of the second that was named last`() {
        let raw =
            "<think>at 9 s <|begin_of_box|>[[9,9,9,9]]<|end_of_box|></think><answer>é <|begin_of_box|>[[1,2,3,4]]<|end_of_box|> at 2 s "
            + "<|begin_of_box|>[[5,6,7,8]]<|end_of_box|> and at 4 s.</answer>"
        var (reply, parser) = (Reply(), ReplyParser())
        reply.append(.finished(.stop, text: raw, deltas: parser.append(raw) + parser.finish()))
        #expect(reply.answer == "é [[1,2,3,4]] at 2 s [[5,6,7,8]] and at 4 s.")
        #expect(reply.marks.map(\.isThought) == [true, false, false])
        #expect(reply.marks.map(\.offset) == [18, 14, 33])
        #expect(reply.marks.map { reply.seconds(of: $0, question: "Where at 1.5 s?") } == [9, 1.5, 2])
        #expect(reply.marks.map { reply.seconds(of: $0, question: "Where?", duration: 5) } == [nil, nil, 2])
    }
}

extension String {
    fileprivate func bytes(_ range: Range<Int>) -> String { String(decoding: Array(utf8)[range], as: UTF8.self) }
}
