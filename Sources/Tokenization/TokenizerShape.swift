/// The one shape of tokenizer that this module is written for: byte-level BPE with GLM's pattern.
///
/// The post-processor is not looked at: it adds special tokens around a text, and `encode` never does. Truncation and padding
/// are not either, for the same reason.
enum TokenizerShape {
    static let model: [(key: String, allowed: [JSONValue])] = [
        ("type", [.string("BPE"), .null]),
        ("dropout", [.null]),
        ("unk_token", [.null]),
        ("continuing_subword_prefix", [.null, .string("")]),
        ("end_of_word_suffix", [.null, .string("")]),
        ("byte_fallback", [.bool(false), .null]),
        ("ignore_merges", [.bool(false), .bool(true), .null]),
    ]

    /// Refuses, by name, what differs in the parts around the model.
    static func check(normalizer: JSONValue, preTokenizer: JSONValue, decoder: JSONValue) throws(TokenizerError) {
        try require("normalizer", normalizer, in: [.null])
        try require("decoder.type", decoder["type"], in: [.string("ByteLevel")])

        try require("pre_tokenizer.type", preTokenizer["type"], in: [.string("Sequence")])
        guard case .array(let steps) = preTokenizer["pretokenizers"], steps.count == 2 else {
            throw .unsupported(
                key: "pre_tokenizer.pretokenizers",
                expected: "two steps, Split and ByteLevel",
                found: "\(preTokenizer["pretokenizers"])"
            )
        }
        try require("pre_tokenizer.pretokenizers[0].type", steps[0]["type"], in: [.string("Split")])
        try require("pre_tokenizer's pattern", steps[0]["pattern"]["Regex"], in: [.string(Words.pattern)])
        try require("pre_tokenizer's behavior", steps[0]["behavior"], in: [.string("Isolated")])
        try require("pre_tokenizer's invert", steps[0]["invert"], in: [.bool(false), .null])
        try require("pre_tokenizer.pretokenizers[1].type", steps[1]["type"], in: [.string("ByteLevel")])
        try require("pre_tokenizer's add_prefix_space", steps[1]["add_prefix_space"], in: [.bool(false)])
        try require("pre_tokenizer's use_regex", steps[1]["use_regex"], in: [.bool(false)])
    }

    static func require(_ key: String, _ found: JSONValue, in allowed: [JSONValue]) throws(TokenizerError) {
        guard !allowed.contains(found) else { return }
        throw .unsupported(
            key: key,
            expected: allowed.map(\.description).joined(separator: " or "),
            found: found.description
        )
    }
}
