import Foundation

/// What ends a reply, from `generation_config.json`.
package struct GenerationConfiguration: Sendable, Equatable {
    package let endTokens: Set<Int>

    package init(directory: String, vocabularySize: Int) throws(ConfigurationError) {
        let fields = try JSONFields(directory: directory, file: "generation_config.json")
        endTokens = Set(try fields.integers("eos_token_id", in: 0...(vocabularySize - 1)))
    }
}
