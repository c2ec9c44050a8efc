import GLM
import Tensors
import TestSupport
import Testing
import Weights

/// Timelines that are stepped together are each what they are alone, to the last bit.
struct StepTests {
    private typealias Turn = Conversation.Turn

    /// A timeline that is stepped from one round to before another.
    private struct Part {
        let prompt: Prompt
        let rounds: Range<Int>
        let seed: Int

        func token(_ round: Int) -> Int { (seed * 31 + (round - rounds.lowerBound) * 7) % 50 }

        func begin(_ model: GLM4V) throws -> Session {
            let session = Session(model)
            _ = try session.prefill(prompt, features: try prompt.pictures.map { try model.look(at: $0) }).rows
            return session
        }
    }

    private func parts(_ model: GLM4V) throws -> [Part] {
        let clips = try (1...2).map { try Talk.clip($0) }
        let asked: [(Layout, [Clip], String, Range<Int>)] = [
            (.framesFirst, [clips[0]], "What?", 0..<12), (.video, [clips[1]], "What happens here, and when?", 0..<5),
            (.framesFirst, [], "Hello", 2..<11), (.questionFirst, clips, "Compare them.", 3..<12),
            (.framesFirst, [clips[0]], "Is there a star?", 7..<12),
        ]
        return try asked.enumerated().map { i, part in
            let talk = Talk.conversation(part.0, [Turn(clips: part.1, text: part.2)])
            return Part(prompt: try talk.prompt(for: model, limit: 2000).prompt, rounds: part.3, seed: i)
        }
    }

    @Test(arguments: Reference.checkpoints, Precision.allCases)
    func `timelines that come and go`(checkpoint: String, precision: Precision) throws {
        let folder =
            precision == .f32 ? nil : try PackedFolder(goldenFolder() + "/" + checkpoint, precision)
        let model = try GLM4V(
            directory: folder?.path ?? goldenFolder() + "/" + checkpoint,
            precision: precision
        )
        let parts = try parts(model)
        let alone = try parts.map { part in
            let session = try part.begin(model)
            return try part.rounds.map { try session.step(part.token($0)).elements }
        }
        var sessions: [Session?] = parts.map { _ in nil }
        for round in 0..<12 {
            var steps: [(session: Session, token: Int)] = []
            var members: [Int] = []
            for (i, part) in parts.enumerated() where part.rounds.contains(round) {
                let session = try sessions[i] ?? part.begin(model)
                sessions[i] = session
                steps.append((session, part.token(round)))
                members.append(i)
            }
            let rows = try Session.step(steps)
            #expect(rows.rows == members.count)
            for (row, i) in members.enumerated() {
                let expected = alone[i][round - parts[i].rounds.lowerBound]
                #expect(rows[row..<row + 1].elements == expected, "timeline \(i) in round \(round)")
            }
        }
        for (i, part) in parts.enumerated() {
            #expect(sessions[i]?.count == part.prompt.tokens.count + part.rounds.count)
        }
    }

    @Test func `a step that is stopped between two layers counts for none`() throws {
        let model = try Reference.model("tiny-a")
        let parts = try parts(model)
        let sessions = try parts.map { try $0.begin(model) }
        let steps = zip(sessions, parts).map { (session: $0, token: $1.token($1.rounds.lowerBound)) }
        var asked = 0
        #expect(throws: CancellationError.self) {
            _ = try Session.step(steps) {
                asked += 1
                return asked > 1
            }.rows
        }
        #expect(asked == 2)
        #expect(sessions.map(\.count) == parts.map(\.prompt.tokens.count))
        let rows = try Session.step(steps)
        for (row, part) in parts.enumerated() {
            let alone = try part.begin(model).step(part.token(part.rounds.lowerBound)).elements
            #expect(rows[row..<row + 1].elements == alone, "timeline \(row)")
        }
    }
}
