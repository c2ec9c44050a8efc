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

    /// A golden checkpoint, packed where that is asked for: what it has mapped outlives the folder.
    private func model(_ checkpoint: String, _ precision: Precision) throws -> GLM4V {
        let source = goldenFolder() + "/" + checkpoint
        let folder = precision == .f32 ? nil : try PackedFolder(source, precision)
        return try withExtendedLifetime(folder) {
            try GLM4V(directory: folder?.path ?? source, precision: precision)
        }
    }

    @Test(arguments: Reference.checkpoints, Precision.allCases)
    func `timelines that come and go`(checkpoint: String, precision: Precision) throws {
        let model = try model(checkpoint, precision)
        let parts = try parts(model)
        let alone = try parts.map { part in
            let session = try part.begin(model)
            return try part.rounds.map { try session.step(part.token($0)).elements }
        }
        var sessions: [Session?] = parts.map { _ in nil }
        for round in 0..<12 {
            var steps: [(session: Session, tokens: [Int])] = []
            var members: [Int] = []
            for (i, part) in parts.enumerated() where part.rounds.contains(round) {
                let session = try sessions[i] ?? part.begin(model)
                sessions[i] = session
                steps.append((session, [part.token(round)]))
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

    /// Steps of one to four tokens on each timeline, of which some are taken back and others go in their place.
    @Test(arguments: Reference.checkpoints, Precision.allCases)
    func `several tokens at once, and some taken back`(checkpoint: String, precision: Precision) throws {
        let model = try model(checkpoint, precision)
        let parts = try parts(model)
        let token = { (i: Int, k: Int) in parts[i].token(parts[i].rounds.lowerBound + k) }
        let alone = try parts.indices.map { i in
            let session = try parts[i].begin(model)
            return try (0..<24).map { try session.step(token(i, $0)).elements }
        }
        let sessions = try parts.map { try $0.begin(model) }
        var kept = parts.map { _ in 0 }
        for round in 0..<6 {
            let counts = parts.indices.map { 1 + (round + $0) % 4 }
            let wrong = parts.indices.map { (round * 3 + $0) % counts[$0] }  // so many of them, the last ones
            let steps = parts.indices.map { i in
                let tokens = (0..<counts[i]).map { k in
                    (token(i, kept[i] + k) + (k < counts[i] - wrong[i] ? 0 : 1)) % 50
                }
                return (session: sessions[i], tokens: tokens)
            }
            let rows = try Session.step(steps)
            var start = 0
            for i in parts.indices {
                let right = counts[i] - wrong[i]
                for k in 0..<right {
                    #expect(
                        rows[start + k..<start + k + 1].elements == alone[i][kept[i] + k],
                        "token \(kept[i] + k) of \(i)"
                    )
                }
                sessions[i].takeBack(wrong[i])
                start += counts[i]
                kept[i] += right
            }
            #expect(sessions.map(\.count) == zip(parts, kept).map { $0.prompt.tokens.count + $1 })
        }
        #expect(kept.allSatisfy { $0 > 6 && $0 < 24 })
    }

    @Test func `a step that is stopped between two layers counts for none`() throws {
        let model = try Reference.model("tiny-a")
        let parts = try parts(model)
        let sessions = try parts.map { try $0.begin(model) }
        let steps = zip(sessions, parts).map { (session: $0, tokens: [$1.token($1.rounds.lowerBound)]) }
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
