import GLM
import TestSupport
import Testing
import Tokenization

@testable import Generation

/// The bundled model through the whole engine.
struct EngineTests {
    private static func engine() throws -> (Engine, GLM4V) {
        let model = try GLM4V(directory: checkout + "/Models/shapes")
        return (Engine(model), model)
    }

    private func prompt(_ model: GLM4V) throws -> Prompt {
        let clip = try Clip(
            path: checkout + "/Models/shapes/samples/triangle-down-circle-left.mp4",
            .standard,
            .framesFirst,
            model.videoProcessor
        )
        return try Conversation(
            system: "You are a helpful assistant.",
            clips: [clip],
            question: "What happens in the video?",
            layout: .framesFirst
        ).prompt(for: model, limit: 4096).prompt
    }

    private func options(_ change: (inout ReplyOptions) -> Void = { _ in }) -> ReplyOptions {
        var options = ReplyOptions()
        options.sampling.temperature = 0
        options.sampling.repetitionPenalty = 1
        options.maximumNewTokens = 1000
        change(&options)
        return options
    }

    private func reply(_ options: ReplyOptions) async throws -> Reply {
        let (engine, model) = try Self.engine()
        var reply = Reply()
        for try await event in try engine.reply(to: try prompt(model), options: options) { reply.append(event) }
        return reply
    }

    @Test func `a reply ends where the model ends it`() async throws {
        let reply = try await reply(options())
        let (_, model) = try Self.engine()
        #expect(reply.finish == .stop)
        #expect(model.generation.endTokens.contains(try #require(reply.tokens.last?.id)))
        #expect(!reply.thought.isEmpty && !reply.answer.isEmpty)
        #expect(reply.raw.contains("<think>") && !reply.raw.contains("<|user|>"))
        #expect(reply.generate > .zero)
    }

    @Test func `a reply is cut at the token limit`() async throws {
        let reply = try await reply(options { $0.maximumNewTokens = 5 })
        #expect(reply.finish == .length)
        #expect(reply.tokens.count == 5)
    }

    @Test func `an end may be ignored`() async throws {
        let reply = try await reply(options { ($0.maximumNewTokens, $0.ignoresEnd) = (150, true) })
        #expect(reply.finish == .length)
        #expect(reply.tokens.count == 150)
    }

    @Test(arguments: [0, 1, 5])
    func `at the thinking budget the answer is begun`(budget: Int) async throws {
        let (_, model) = try Self.engine()
        let reply = try await reply(options { $0.maximumThinkingTokens = budget })
        let tags = try ["<think>", "</think>", "<answer>"].map { try #require(model.tokenizer.id(ofAdded: $0)) }
        let ids = reply.tokens.map(\.id)
        #expect(ids.first == tags[0])
        #expect(ids[(budget + 1)...].starts(with: tags[1...]))
    }

    @Test func `log-probabilities come with every token`() async throws {
        let reply = try await reply(options { $0.topLogprobs = 3 })
        #expect(reply.tokens.allSatisfy { $0.logprobs?.top.count == 3 && $0.logprobs?.top[0].token == $0.id })
    }

    @Test func `a reply nobody listens to any more stops, and the next one is right`() async throws {
        let (engine, model) = try Self.engine()
        let prompt = try prompt(model)
        let endless = options { ($0.maximumNewTokens, $0.ignoresEnd) = (3072, true) }
        for try await event in try engine.reply(to: prompt, options: endless) {
            if case .token = event { break }
        }
        var after = Reply()
        for try await event in try engine.reply(to: prompt, options: options()) { after.append(event) }
        let alone = try await reply(options())
        #expect(after.raw == alone.raw)
        #expect(after.tokens == alone.tokens)
    }

    @Test func `a cancelled task leaves its reply cancelled`() async throws {
        let (engine, model) = try Self.engine()
        let prompt = try prompt(model)
        let endless = options { ($0.maximumNewTokens, $0.ignoresEnd) = (3072, true) }
        let task = Task {
            var reply = Reply()
            for try await event in try engine.reply(to: prompt, options: endless) {
                reply.append(event)
                if reply.tokens.count == 3 { unsafe withUnsafeCurrentTask { unsafe $0?.cancel() } }
            }
            return reply
        }
        #expect(try await task.value.finish == .cancelled)
    }

    @Test func `a prompt beyond the model's context is refused with the numbers`() async throws {
        let (engine, model) = try Self.engine()
        let text = String(repeating: "What happens? ", count: 4000)
        let prompt = Prompt([Message(.user, [.text(text)])], for: model)
        await #expect(throws: GenerationError.contextExceeded(tokens: prompt.tokens.count, context: 8192)) {
            for try await _ in try engine.reply(to: prompt, options: options()) {}
        }
        #expect(GenerationError.contextExceeded(tokens: 9000, context: 8192).description.contains("9000 tokens"))
    }

    @Test func `options out of their range are refused, not obeyed`() async throws {
        let (engine, model) = try Self.engine()
        let prompt = try prompt(model)
        let changes: [(inout ReplyOptions) -> Void] = [
            { $0.sampling.topK = 0 }, { $0.sampling.topP = .nan }, { $0.sampling.temperature = -1 },
            { $0.sampling.repetitionPenalty = .infinity }, { $0.maximumNewTokens = 0 }, { $0.topLogprobs = -1 },
            { $0.maximumThinkingTokens = -1 },
        ]
        for change in changes {
            await #expect(throws: OptionError.self) {
                for try await _ in try engine.reply(to: prompt, options: options(change)) {}
            }
        }
    }
}
