import Foundation
import GLM
import TestSupport
import Testing
import Tokenization
import Weights

/// Folders that are not a GLM-4.1V: each is refused in one line that says what to do.
struct CheckpointTests {
    @Test(arguments: Reference.checkpoints)
    func `both spellings of a checkpoint load`(checkpoint: String) throws {
        let model = try Reference.model(checkpoint)
        #expect(model.name == checkpoint)
        #expect(!model.generation.endTokens.isEmpty)
    }

    @Test(arguments: [
        (
            "config.json", #""model_type": "glm4v""#, #""model_type": "qwen2_vl""#,
            #"model_type should be "glm4v" but is qwen2_vl"#
        ),
        ("config.json", #""hidden_size": 64"#, #""hidden_size": -1"#, "hidden_size should be a whole number from 1"),
        ("config.json", #""num_hidden_layers": 2"#, #""num_hidden_layers": true"#, "num_hidden_layers should be"),
        ("config.json", #""num_hidden_layers": 2"#, #""num_hidden_layers": 1"#, "more layers than the 1"),
        ("config.json", #""hidden_size": 64"#, #""hidden_size": 1.5"#, "but is 1.5"),
        ("config.json", #""hidden_size": 64"#, #""hidden_size": "x""#, "but is x"),
        ("config.json", #""hidden_size": 64"#, #""hidden_size": 1e30"#, "hidden_size should be"),
        ("config.json", #""num_hidden_layers": 2"#, #""num_hidden_layers": 3"#, "layers.2"),
        ("config.json", #""hidden_act": "silu""#, #""hidden_act": "relu""#, #"hidden_act should be "silu""#),
        ("config.json", #""vocab_size": 477"#, #""vocab_size": 2147483648"#, "vocab_size should be"),
        ("config.json", #""vocab_size": 477"#, #""vocab_size": 476"#, "vocab_size"),
        (
            "config.json", #""image_token_id": 469"#, #""image_token_id": 3"#,
            "<|image|> is 469 in tokenizer.json, 3 in config.json"
        ),
        ("config.json", #""text_config""#, #""other_config""#, "text_config"),
        ("config.json", "{", "[", "config.json cannot be read"),
        ("processor_config.json", #""patch_size": 14"#, #""patch_size": 16"#, "patches of 16"),
        ("processor_config.json", #""do_resize": true"#, #""do_resize": false"#, "do_resize should be true"),
        ("generation_config.json", #""eos_token_id""#, #""other""#, "eos_token_id should be whole numbers"),
    ])
    func `a lying file is refused by name`(file: String, found: String, lie: String, message: String) throws {
        let folder = try Copy(of: "tiny-a")
        try folder.replace(found, with: lie, in: file)
        expectRefused(folder, saying: message)
    }

    @Test(arguments: [
        "config.json", "tokenizer.json", "generation_config.json", "processor_config.json", "model.safetensors",
    ])
    func `a missing file is named`(file: String) throws {
        let folder = try Copy(of: "tiny-a")
        try folder.remove(file)
        expectRefused(folder, saying: file == "processor_config.json" ? "preprocessor_config.json" : file)
    }

    @Test func `a pipe in place of a file is not waited for`() throws {
        let folder = try Copy(of: "tiny-a")
        try folder.remove("config.json")
        #expect(unsafe mkfifo(folder.path + "/config.json", 0o600) == 0)
        expectRefused(folder, saying: "config.json")
    }

    @Test func `an empty rope_scaling is none`() throws {
        let folder = try Copy(of: "tiny-a")
        try folder.replace(#""hidden_size": 64"#, with: #""rope_scaling": {}, "hidden_size": 64"#, in: "config.json")
        #expect(try Configuration(directory: folder.path) == Reference.model("tiny-a").config)
    }

    @Test func `a cut checkpoint is refused`() throws {
        let folder = try Copy(of: "tiny-a")
        try folder.cut("model.safetensors", by: 100)
        expectRefused(folder, saying: "model.safetensors")
    }

    private func expectRefused(_ folder: Copy, saying message: String, at location: SourceLocation = #_sourceLocation) {
        #expect(sourceLocation: location) {
            _ = try GLM4V(directory: folder.path)
        } throws: { error in
            let text = String(describing: error)
            let isKnown = error is ConfigurationError || error is WeightsError || error is TokenizerError
            if !text.contains(message) { Issue.record("\(text)", sourceLocation: location) }
            return isKnown && text.contains(message) && !text.contains("\n")
        }
    }
}

/// A checkpoint to spoil.
private final class Copy {
    private let url = FileManager.default.temporaryDirectory.appendingPathComponent("glimpse-\(UUID())")
    var path: String { url.path }

    init(of checkpoint: String) throws {
        try FileManager.default.copyItem(atPath: goldenFolder() + "/" + checkpoint, toPath: url.path)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func replace(_ found: String, with lie: String, in file: String) throws {
        let target = url.appendingPathComponent(file)
        let text = try String(contentsOf: target, encoding: .utf8)
        let range = try #require(text.range(of: found), "\(file) has no \(found)")
        try text.replacingCharacters(in: range, with: lie).write(to: target, atomically: true, encoding: .utf8)
    }

    func remove(_ file: String) throws { try FileManager.default.removeItem(at: url.appendingPathComponent(file)) }

    func cut(_ file: String, by bytes: Int) throws {
        let target = url.appendingPathComponent(file)
        try Data(contentsOf: target).dropLast(bytes).write(to: target)
    }
}
