import GLM
import Generation

/// What the server needs of an engine, and what its tests replace.
package protocol Generator: Sendable {
    /// How many tokens prompt and reply may have together.
    var context: Int { get }
    var speed: Speed { get }
    var load: EngineLoad { get }
    func reply(to prompt: Prompt, options: ReplyOptions, owner: String) throws -> ReplyStream
    /// Gets a first measure of the speed, when nobody asks.
    func measure() async throws
    func prepare(_ preparation: Preparation, owner: String) throws -> PreparationStream
}

extension Engine: Generator {}

/// A model that answers.
package struct LoadedModel: Sendable {
    package let model: GLM4V
    package let generator: any Generator
    /// Whether it is the small one that is bundled.
    package let isDemonstration: Bool
    /// How many tokens a prompt may have at most.
    let inputTokens: Int

    package init(
        _ model: GLM4V,
        _ generator: any Generator,
        isDemonstration: Bool,
        inputTokens: Int = standardInputTokens
    ) {
        self.model = model
        self.generator = generator
        self.isDemonstration = isDemonstration
        self.inputTokens = inputTokens
    }

    /// How many tokens a prompt may have when so many are left for the reply.
    func inputLimit(_ settings: Settings) -> Int {
        max(1, min(inputTokens, generator.context - settings.maxNewTokens))
    }

    /// As `ask` takes by default for frames and question, and as much again as a conversation adds to them.
    package static let standardInputTokens = 4096 + reserve
    /// Tokens that words may take before frames are made smaller for them.
    static let reserve = 1024
}
