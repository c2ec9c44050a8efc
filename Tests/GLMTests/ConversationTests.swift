import GLM
import Media
import TestSupport
import Testing
import Tokenization

struct ConversationTests {
    private typealias Turn = Conversation.Turn

    @Test(arguments: Layout.allCases, ["What?", "", "\n\nWhy  so?", "1.5 s: and then?", "<|image|>"])
    func `what is prepared is the beginning of every prompt`(layout: Layout, question: String) throws {
        let model = try Reference.model("tiny-a")
        let clip = try Talk.clip(1)
        for past in [[], [Turn(clips: [try Talk.clip(2)], text: "What?", reply: "Red.\n")]] {
            let conversation = Talk.conversation(layout, past + [Turn(clips: [clip], text: question)])
            var unknown = conversation
            unknown.turns[past.count].text = "Something else?"
            let preparation = try unknown.preparation(for: model, limit: 4096)
            let prompt = try conversation.prompt(for: model, limit: 4096).prompt
            let beginning = preparation.beginning
            #expect(prompt.tokens.starts(with: beginning.tokens))
            #expect(prompt.positions.starts(with: beginning.positions))
            #expect(prompt.text.hasPrefix(beginning.text))
            #expect(preparation.pictures == prompt.pictures)
            #expect(preparation.pictures.starts(with: beginning.pictures))
            if layout != .questionFirst {
                #expect(beginning.pictures == prompt.pictures)
                #expect(beginning.tokens.last == model.tokenizer.id(ofAdded: layout.lastToken))
            }
        }
    }

    @Test(arguments: Layout.allCases)
    func `a turn without clips is prepared up to its user token`(layout: Layout) throws {
        let model = try Reference.model("tiny-a")
        let turns = [Turn(clips: [try Talk.clip(1)], text: "What?", reply: "Red."), Turn(text: "x")]
        let conversation = Talk.conversation(layout, turns)
        let beginning = try conversation.preparation(for: model, limit: 4096).beginning
        #expect(beginning.tokens.last == model.tokenizer.id(ofAdded: "<|user|>"))
        #expect(beginning.text.hasSuffix("Red.<|user|>"))
        #expect(try conversation.prompt(for: model, limit: 4096).prompt.tokens.starts(with: beginning.tokens))
    }

    @Test func `a past reply is its answer, between the turns`() throws {
        let model = try Reference.model("tiny-a")
        let turns = [Turn(text: "One?", reply: "Yes."), Turn(text: "Lost?"), Turn(text: "Two?", reply: "No")]
        let prompt = try Talk.conversation(.video, turns).prompt(for: model, limit: 4096).prompt
        #expect(
            prompt.text
                == "[gMASK]<sop><|system|>\nYou help.<|user|>\nOne?<|assistant|>\nYes.<|user|>\nLost?<|user|>\nTwo?"
                + "<|assistant|>\n"
        )
    }

    @Test(arguments: Layout.allCases)
    func `frames that were made to fit stay as they are while the talk goes on`(layout: Layout) throws {
        let model = try Reference.model("tiny-a")
        let clip = try Talk.clip(1, frames: 4, width: 200, height: 160)
        var conversation = Talk.conversation(layout, [Turn(clips: [clip], text: "What?")])
        let full = try conversation.prompt(for: model, limit: 4096).prompt
        let words = full.isPicture.count { !$0 }
        conversation.reserve = words + 50
        // An image of the tiny model is 9 tokens or 6: it can be made to fit once, and that shall be later.
        let limit = full.tokens.count + 50 - (layout == .video ? 10 : 0)
        let first = try conversation.prompt(for: model, limit: limit)
        #expect(first.isScaled == (layout == .video))
        #expect(try conversation.preparation(for: model, limit: limit).pictures == first.prompt.pictures)

        var shrunk = 0
        for turn in 1...20 {
            conversation.turns[conversation.turns.count - 1].reply = "Red."
            conversation.turns.append(Turn(text: "Why?"))
            guard let prompt = try? conversation.prompt(for: model, limit: limit).prompt else { break }
            #expect(prompt.tokens.count <= limit)
            let isSame = prompt.pictures == first.prompt.pictures
            if turn <= 3 { #expect(isSame) }
            if !isSame { shrunk += 1 }
        }
        #expect(shrunk > 0, "at last it does not fit with frames of that size")
    }

    @Test func `a later clip takes what the first one left, and shrinks it only where nothing is left`() throws {
        let model = try Reference.model("tiny-a")
        let (one, two) = (try Talk.clip(1, width: 200, height: 160), try Talk.clip(2, width: 200, height: 160))
        let alone = Talk.conversation(.framesFirst, [Turn(clips: [one], text: "What?")])
        var both = alone
        both.turns[0].reply = "Red."
        both.turns.append(Turn(clips: [two], text: "And here?"))
        let first = try alone.prompt(for: model, limit: 4096).prompt
        let full = try both.prompt(for: model, limit: 4096).prompt
        #expect(full.pictures.count == 6)
        let fitted = try both.prompt(for: model, limit: full.tokens.count - 1).prompt
        #expect(Array(fitted.pictures.prefix(3)) == first.pictures)
        #expect(fitted.pictures[3].grid.tokens < full.pictures[3].grid.tokens)
        both.reserve = 0
        let words = full.isPicture.count { !$0 }
        let tight = try both.prompt(for: model, limit: words + first.pictures.map(\.grid.tokens).reduce(0, +)).prompt
        #expect(tight.pictures[0].grid.tokens < first.pictures[0].grid.tokens)
    }

    @Test(arguments: Layout.allCases)
    func `the cost is what the prompt will have`(layout: Layout) throws {
        let model = try Reference.model("tiny-b")
        let clips = [try Talk.clip(1), try Talk.clip(2, frames: 5, width: 56, height: 140)]
        let conversation = Conversation(system: nil, clips: clips, question: "What?", layout: layout)
        let prompt = try conversation.prompt(for: model, limit: 4096).prompt
        let cost = try conversation.cost(for: model, limit: 4096)
        #expect(cost.tokens == prompt.tokens.count)
        #expect(cost.pictures == prompt.isPicture.count { $0 })
        #expect(cost.frames.map(\.count) == [3, 5])
        #expect(cost.frames.joined().reduce(0, +) == cost.pictures)
        #expect(cost.width > 0 && cost.height > 0 && !cost.isScaled)
        #expect(try conversation.cost(for: model, limit: cost.tokens - 1).isScaled)
    }

    @Test func `a conversation that fits in no size is refused with the numbers`() throws {
        let model = try Reference.model("tiny-a")
        let turns = [Turn(clips: [try Talk.clip(1)], text: "What?", reply: "Red."), Turn(text: "Why?")]
        #expect(throws: PromptError.self) { try Talk.conversation(.framesFirst, turns).prompt(for: model, limit: 30) }
        #expect(throws: PromptError.self) {
            try Talk.conversation(.framesFirst, turns).preparation(for: model, limit: 30)
        }
    }
}

extension Layout {
    fileprivate var lastToken: String { self == .video ? "<|end_of_video|>" : "<|end_of_image|>" }
}
