import GLM
import Media
import Tensors
import TestSupport
import Testing

/// Conversations about made films.
enum Talk {
    /// A film whose frames are those of no other `seed`.
    static func clip(_ seed: Int, frames count: Int = 3, width: Int = 84, height: Int = 56) throws -> Clip {
        let frames = (0..<count).map {
            VideoFrame(
                index: $0,
                time: Double($0) / 2,
                image: Reference.frame(seed * 50 + $0, width: width, height: height)
            )
        }
        let info = VideoInfo(
            duration: Double(count) / 2,
            fps: 2,
            frameCount: count,
            width: width,
            height: height,
            isPicture: false
        )
        return try Clip(info: info, frames: frames).identified()
    }

    static func conversation(_ layout: Layout, _ turns: [Conversation.Turn]) -> Conversation {
        Conversation(system: "You help.", turns: turns, layout: layout, reserve: 64)
    }
}

/// A timeline that goes on from what it shares with a prompt computes what a new one would, bit for bit.
struct SessionTests {
    private static let cases = Reference.checkpoints.flatMap { checkpoint in
        Layout.allCases.map { (checkpoint, $0) }
    }

    private typealias Turn = Conversation.Turn

    /// What may follow the prompt, and four tokens on.
    private func scores(_ model: GLM4V, _ prompt: Prompt, _ session: Session) throws -> [[Float]] {
        let features = try prompt.pictures.map { try model.look(at: $0) }
        var rows = [try session.prefill(prompt, features: features).elements]
        for token in 10..<14 { rows.append(try session.step(token).elements) }
        return rows
    }

    private func cold(_ model: GLM4V, _ prompt: Prompt) throws -> [[Float]] {
        let session = Session(model)
        return try scores(model, prompt, session)
    }

    private func prompt(_ model: GLM4V, _ layout: Layout, _ turns: [Turn]) throws -> Prompt {
        try Talk.conversation(layout, turns).prompt(for: model, limit: 2000).prompt
    }

    /// Reads one prompt and writes after it, then reads the other from where they part.
    private func expectEqual(
        _ model: GLM4V,
        _ first: Prompt,
        _ second: Prompt,
        sharing: (Int) -> Bool,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        let session = Session(model)
        _ = try scores(model, first, session)
        let shared = session.shared(with: second)
        #expect(sharing(shared), "\(shared) tokens are shared", sourceLocation: location)
        let fork = session.fork(at: shared)
        session.rewind(to: shared)
        let expected = try cold(model, second)
        #expect(try scores(model, second, session) == expected, sourceLocation: location)
        #expect(try scores(model, second, fork) == expected, sourceLocation: location)
    }

    @Test(arguments: cases)
    func `a follow-up goes on from the first prompt`(checkpoint: String, layout: Layout) throws {
        let model = try Reference.model(checkpoint)
        let clip = try Talk.clip(1)
        let first = try prompt(model, layout, [Turn(clips: [clip], text: "What?")])
        let second = try prompt(
            model,
            layout,
            [Turn(clips: [clip], text: "What?", reply: "A square."), Turn(text: "Which colour?")]
        )
        try expectEqual(model, first, second) { $0 == first.tokens.count }
        #expect(first.nextPosition < first.tokens.count, "positions do not count tokens")
    }

    @Test(arguments: cases)
    func `a later turn may bring another clip`(checkpoint: String, layout: Layout) throws {
        let model = try Reference.model(checkpoint)
        let (one, two) = (try Talk.clip(1), try Talk.clip(2, frames: 2, width: 56, height: 112))
        let first = try prompt(model, layout, [Turn(clips: [one], text: "What?")])
        let second = try prompt(
            model,
            layout,
            [Turn(clips: [one], text: "What?", reply: "A square."), Turn(clips: [two], text: "And here?")]
        )
        try expectEqual(model, first, second) { $0 == first.tokens.count }
    }

    @Test(arguments: cases)
    func `a prompt asked again is read to its last token`(checkpoint: String, layout: Layout) throws {
        let model = try Reference.model(checkpoint)
        let prompt = try prompt(model, layout, [Turn(clips: [try Talk.clip(1)], text: "What?")])
        try expectEqual(model, prompt, prompt) { $0 == prompt.tokens.count }
    }

    @Test(arguments: cases)
    func `an edit in the middle shares what is before it`(checkpoint: String, layout: Layout) throws {
        let model = try Reference.model(checkpoint)
        let clip = try Talk.clip(1)
        func turns(_ reply: String) -> [Turn] {
            [Turn(clips: [clip], text: "What?", reply: reply), Turn(text: "Why?", reply: "So."), Turn(text: "When?")]
        }
        let (first, second) = (try prompt(model, layout, turns("One.")), try prompt(model, layout, turns("Two.")))
        try expectEqual(model, first, second) { 0 < $0 && $0 < first.tokens.count - 10 }
    }

    @Test(arguments: cases)
    func `two films of equal token counts are not one`(checkpoint: String, layout: Layout) throws {
        let model = try Reference.model(checkpoint)
        let first = try prompt(model, layout, [Turn(clips: [try Talk.clip(1)], text: "What?")])
        let second = try prompt(model, layout, [Turn(clips: [try Talk.clip(2)], text: "What?")])
        #expect(first.tokens == second.tokens)
        try expectEqual(model, first, second) { $0 == first.ranges[0].lowerBound }
        #expect(try cold(model, first) != cold(model, second))
    }

    @Test func `a frame at another size of as many tokens is another picture`() throws {
        let model = try Reference.model("tiny-a")
        let (wide, high) = (try Talk.clip(1, width: 112, height: 56), try Talk.clip(1, width: 56, height: 112))
        let first = try prompt(model, .framesFirst, [Turn(clips: [wide], text: "What?")])
        let second = try prompt(model, .framesFirst, [Turn(clips: [high], text: "What?")])
        try #require(first.tokens == second.tokens)
        try expectEqual(model, first, second) { $0 == first.ranges[0].lowerBound }
    }

    @Test func `a prompt whose frames were made small beforehand is the same`() throws {
        let model = try Reference.model("tiny-a")
        let clip = try Talk.clip(1, width: 200, height: 160)
        let fitted = try Talk.conversation(.framesFirst, [Turn(clips: [clip], text: "What?")]).prompt(
            for: model,
            limit: 2000
        )
        let (first, second) = (fitted.prompt, fitted.settled().prompt)
        try expectEqual(model, first, second) { $0 == first.tokens.count }
        #expect(try cold(model, first) == cold(model, second))
    }

    @Test func `the second of two clips may differ`() throws {
        let model = try Reference.model("tiny-a")
        let clips = try (1...3).map { try Talk.clip($0) }
        let first = try prompt(model, .framesFirst, [Turn(clips: [clips[0], clips[1]], text: "What?")])
        let second = try prompt(model, .framesFirst, [Turn(clips: [clips[0], clips[2]], text: "What?")])
        try expectEqual(model, first, second) { $0 == first.ranges[3].lowerBound }
    }

    @Test func `a picture that is not identified is like no other, not even like itself`() throws {
        let model = try Reference.model("tiny-a")
        let clip = try Talk.clip(1)
        let unknown = Clip(info: clip.info, frames: clip.frames)
        let prompt = try prompt(model, .framesFirst, [Turn(clips: [unknown], text: "What?")])
        try expectEqual(model, prompt, prompt) { $0 == prompt.ranges[0].lowerBound }
    }

    /// A model may write the placeholder: what it wrote is no picture.
    @Test func `a written placeholder is no picture`() throws {
        let model = try Reference.model("tiny-a")
        let second = try prompt(model, .framesFirst, [Turn(clips: [try Talk.clip(1)], text: "What?")])
        let start = second.ranges[0].lowerBound
        let first = Prompt(beginningOf: [Message(.system, [.text("You help.")]), Message(.user, [])], for: model)
        let session = Session(model)
        _ = try session.prefill(first, features: []).rows
        for token in second.tokens[first.tokens.count..<start + 3] { _ = try session.step(token).rows }
        #expect(session.shared(with: second) == start)
    }

    @Test(arguments: cases)
    func `pieces of any size give the same bits`(checkpoint: String, layout: Layout) throws {
        let model = try Reference.model(checkpoint)
        let clip = try Talk.clip(3, frames: 8, width: 168, height: 112)
        let prompt = try prompt(model, layout, [Turn(clips: [clip], text: "What happens here, and when?")])
        let features = try prompt.pictures.map { try model.look(at: $0) }
        let expected = try cold(model, prompt)
        for size in [1, 3, 16, 61, 100] {
            let session = Session(model)
            while session.count < prompt.tokens.count - 1 {
                let end = min(session.count + size, prompt.tokens.count - 1)
                _ = try session.readPiece(of: prompt, upTo: end, features: features).rows
            }
            #expect(try scores(model, prompt, session) == expected, "pieces of \(size)")
        }
    }

    @Test func `memory grows with the tokens, and is given back`() throws {
        let model = try Reference.model("tiny-a")
        let session = Session(model)
        #expect(session.bytes < 1000)
        let prompt = try prompt(model, .framesFirst, [Turn(clips: [try Talk.clip(1)], text: "What?")])
        let before = try scores(model, prompt, session)
        let each = Session.bytesPerToken(model)
        #expect(session.bytes >= session.count * each && session.bytes <= session.count * each * 5 / 4)
        for token in 0..<200 { _ = try session.step(token).rows }
        session.rewind(to: prompt.tokens.count)
        session.compact()
        #expect(session.bytes == prompt.tokens.count * each)
        #expect(try scores(model, prompt, session) == before)
    }
}
