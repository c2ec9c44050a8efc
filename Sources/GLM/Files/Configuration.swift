/// The sizes of a model, from its `config.json`, in the spelling of transformers 4.x or 5.x.
///
/// Reference: `Glm4vConfig`, transformers `configuration_glm4v.py`.
package struct Configuration: Sendable, Equatable {
    package let text: TextConfiguration
    package let vision: VisionConfiguration
    package let imageToken, imageStart, imageEnd, videoStart, videoEnd: Int

    package init(directory: String) throws(ConfigurationError) {
        let root = try JSONFields(directory: directory, file: "config.json")
        try root.require("model_type", oneOf: ["glm4v"], absent: false)
        guard let text = try root.object("text_config"), let vision = try root.object("vision_config") else {
            throw .value(
                place: root.place,
                key: "text_config and vision_config",
                expected: "two objects",
                found: "fewer"
            )
        }
        self.text = try TextConfiguration(text, tied: root.bool("tie_word_embeddings", default: false))
        self.vision = try VisionConfiguration(vision)
        guard self.vision.outputSize == self.text.hiddenSize else {
            throw .inconsistent(
                "the vision tower gives \(self.vision.outputSize) channels (vision_config: out_hidden_size), "
                    + "the language model takes \(self.text.hiddenSize) (text_config: hidden_size)"
            )
        }
        let ids = 0...(self.text.vocabularySize - 1)
        imageToken = try root.integer("image_token_id", in: ids)
        imageStart = try root.integer("image_start_token_id", in: ids)
        imageEnd = try root.integer("image_end_token_id", in: ids)
        videoStart = try root.integer("video_start_token_id", in: ids)
        videoEnd = try root.integer("video_end_token_id", in: ids)
    }
}

/// The language model's sizes.
package struct TextConfiguration: Sendable, Equatable {
    package let vocabularySize, hiddenSize, intermediateSize, layers, heads, keyValueHeads, contextLength: Int
    package let normEpsilon: Float
    package let ropeBase: Float
    /// How many channels of a head turn.
    package let ropeChannels: Int
    /// How many pairs of channels turn by each of the three axes, in the order of the axes t, h, w, t, …
    package let ropeSections: [Int]
    package let isTied: Bool

    package var headSize: Int { hiddenSize / heads }

    init(_ fields: JSONFields, tied: Bool) throws(ConfigurationError) {
        try fields.require("model_type", oneOf: ["glm4v_text"])
        try fields.require("hidden_act", oneOf: ["silu"])
        vocabularySize = try fields.integer("vocab_size", in: 1...(1 << 22))
        hiddenSize = try fields.integer("hidden_size", in: 1...(1 << 16))
        intermediateSize = try fields.integer("intermediate_size", in: 1...(1 << 20))
        layers = try fields.integer("num_hidden_layers", in: 1...1024)
        heads = try fields.integer("num_attention_heads", in: 1...1024)
        keyValueHeads = try fields.integer("num_key_value_heads", in: 1...heads, default: heads)
        contextLength = try fields.integer("max_position_embeddings", in: 1...(1 << 24), default: 32_768)
        normEpsilon = Float(try fields.number("rms_norm_eps", in: 0...1, default: 1e-5))
        isTied = try fields.bool("tie_word_embeddings", default: tied) || tied
        guard hiddenSize % heads == 0, heads % keyValueHeads == 0 else {
            throw .inconsistent(
                "\(hiddenSize) channels do not make \(heads) heads that share \(keyValueHeads) key-value heads"
            )
        }
        let headSize = hiddenSize / heads
        guard try fields.integer("head_dim", in: 1...(1 << 16), default: headSize) == headSize else {
            throw fields.wrong("head_dim", expected: "hidden_size / num_attention_heads = \(headSize)")
        }

        // 5.x keeps all of it in rope_parameters; 4.x has rope_scaling, and the rest beside it.
        let legacy = try fields.object("rope_scaling").flatMap { $0.isEmpty ? nil : $0 }
        let modern = try fields.object("rope_parameters")
        let rope = legacy ?? modern ?? fields
        try rope.require(rope.has("rope_type") ? "rope_type" : "type", oneOf: ["default", "mrope"])
        let base = try fields.number("rope_theta", in: 1...1e12, default: 10_000)
        let share = try fields.number("partial_rotary_factor", in: 0...1, default: 1)
        ropeBase = Float(try rope.number("rope_theta", in: 1...1e12, default: base))
        ropeChannels = Int(Double(headSize) * (try rope.number("partial_rotary_factor", in: 0...1, default: share)))
        ropeSections =
            rope.has("mrope_section") ? try rope.integers("mrope_section", in: 0...(1 << 16)) : [8, 12, 12]
        guard ropeChannels > 0, ropeChannels % 2 == 0, ropeSections.reduce(0, +) == ropeChannels / 2 else {
            throw rope.wrong("mrope_section", expected: "parts of the \(ropeChannels / 2) turning pairs of a head")
        }
    }
}

/// The vision tower's sizes.
package struct VisionConfiguration: Sendable, Equatable {
    package let depth, hiddenSize, heads, outputSize, mergerSize: Int
    package let patchSize, mergeSize: Int
    /// The learned positions are a square of this side.
    package let positionSide: Int
    package let normEpsilon: Float
    package let ropeBase: Float
    package let hasAttentionBias: Bool

    /// How many frames a patch spans.
    package static let framesPerPatch = 2
    package static let colours = 3

    package var headSize: Int { hiddenSize / heads }

    init(_ fields: JSONFields) throws(ConfigurationError) {
        try fields.require("model_type", oneOf: ["glm4v_vision", "glm4v"])
        try fields.require("hidden_act", oneOf: ["silu"])
        depth = try fields.integer("depth", in: 1...1024)
        hiddenSize = try fields.integer("hidden_size", in: 1...(1 << 16))
        heads = try fields.integer("num_heads", in: 1...1024)
        outputSize = try fields.integer("out_hidden_size", in: 1...(1 << 16))
        mergerSize = try fields.integer("intermediate_size", in: 1...(1 << 20))
        patchSize = try fields.integer("patch_size", in: 1...256, default: 14)
        mergeSize = try fields.integer("spatial_merge_size", in: 1...16, default: 2)
        positionSide = try fields.integer("image_size", in: patchSize...(1 << 16), default: 336) / patchSize
        normEpsilon = Float(try fields.number("rms_norm_eps", in: 0...1, default: 1e-5))
        hasAttentionBias = try fields.bool("attention_bias", default: false)
        _ = try fields.integer("in_channels", in: Self.colours...Self.colours, default: Self.colours)
        _ = try fields.integer(
            "temporal_patch_size",
            in: Self.framesPerPatch...Self.framesPerPatch,
            default: Self.framesPerPatch
        )
        let rope = try fields.object("rope_parameters")
        try rope?.require("rope_type", oneOf: ["axial", "default"])
        ropeBase = Float(try rope?.number("rope_theta", in: 1...1e12, default: 10_000) ?? 10_000)
        guard hiddenSize % heads == 0, hiddenSize / heads % 4 == 0 else {
            throw .inconsistent("\(hiddenSize) vision channels do not make \(heads) heads of a multiple of 4 channels")
        }
    }
}
