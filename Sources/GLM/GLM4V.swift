import Foundation
import Tokenization
import Weights

/// GLM-4.1V: everything that a checkpoint folder holds, loaded, checked and immutable.
///
/// Reference: `Glm4vForConditionalGeneration`, transformers `modeling_glm4v.py`.
package struct GLM4V: Sendable {
    /// The folder's name.
    package let name: String
    package let config: Configuration
    package let generation: GenerationConfiguration
    package let tokenizer: Tokenizer
    package let imageProcessor, videoProcessor: ProcessorConfiguration
    package let vision: VisionTower
    package let language: LanguageModel
    let template: TemplateTokens
    private let checkpoint: Checkpoint

    /// Opens the checkpoint in `directory`. Weights are mapped, not read: this takes a moment, most of it for the tokenizer.
    package init(directory: String, precision: Precision = .f32) throws {
        config = try Configuration(directory: directory)
        generation = try GenerationConfiguration(directory: directory, vocabularySize: config.text.vocabularySize)
        imageProcessor = try .image(directory: directory)
        videoProcessor = try .video(directory: directory)
        for processor in [imageProcessor, videoProcessor]
        where processor.patchSize != config.vision.patchSize || processor.mergeSize != config.vision.mergeSize {
            throw ConfigurationError.inconsistent(
                "the preprocessor cuts patches of \(processor.patchSize) in blocks of \(processor.mergeSize), "
                    + "config.json has \(config.vision.patchSize) in blocks of \(config.vision.mergeSize)"
            )
        }
        tokenizer = try Tokenizer(contentsOf: directory + "/tokenizer.json")
        template = try TemplateTokens(tokenizer, config)
        checkpoint = try Checkpoint(directory: directory, precision: precision)
        let weights = checkpoint.root
        let text = weights["model"]["language_model"]["layers"], blocks = weights["model"]["visual"]["blocks"]
        guard !text[config.text.layers].has("input_layernorm.weight"), !blocks[config.vision.depth].has("norm1.weight")
        else {
            throw ConfigurationError.inconsistent(
                "the checkpoint has more layers than the \(config.text.layers) and \(config.vision.depth) of config.json"
            )
        }
        vision = try VisionTower(weights["model"]["visual"], config.vision)
        language = try LanguageModel(
            weights["model"]["language_model"],
            head: weights["lm_head"],
            config.text,
            cacheFormat: config.text.cacheFormat(precision)
        )
        name = URL(fileURLWithPath: directory).standardizedFileURL.lastPathComponent
    }

    /// How many bytes of weights are read for each token that is written: those of the layers and of the head.
    package var bytesPerToken: Int {
        let head = config.text.isTied ? "model.language_model.embed_tokens." : "lm_head."
        return checkpoint.tensors.reduce(0) { sum, tensor in
            let isRead = tensor.key.hasPrefix("model.language_model.layers.") || tensor.key.hasPrefix(head)
            return sum + (isRead ? tensor.value.byteCount : 0)
        }
    }

    /// Throws if a file of weights was cut or rewritten since it was opened: reading it on would end the process.
    package func checkUnchanged() throws(WeightsError) { try checkpoint.checkUnchanged() }
}
