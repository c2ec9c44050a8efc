import GLM
import Generation

/// How a video is shown to the model and how it shall answer: what the page's advanced options say.
struct Settings: Sendable, Equatable {
    var layout = Layout.framesFirst
    var frames: Int? = 10
    var fps: Double?
    var maxPixels: Int?
    var system = "You are a helpful assistant."
    var maxNewTokens = ReplyOptions().maximumNewTokens
    var temperature = 0.6
    var topP = 0.9
    var topK = Sampling().topK
    var repetitionPenalty = 1.2
    var maxThinkingTokens: Int?
    var seed: Int?

    static let frameCounts = 1...768
    static let rates = 0.001...240.0
    static let pixels = 784...(1 << 30)
    static let seeds = 0...9_007_199_254_740_991  // what a JavaScript number holds exactly
    static let maximumSystemBytes = 65_536

    /// Whether the same frames, shown in the same way, are in the prompt of both.
    func showsTheSame(as other: Settings) -> Bool {
        (layout, frames, fps, maxPixels) == (other.layout, other.frames, other.fps, other.maxPixels)
            && system == other.system
    }

    var selection: FrameSelection {
        if let fps { return .rate(fps) }
        return frames.map { .count($0) } ?? .standard
    }

    var options: ReplyOptions {
        var options = ReplyOptions()
        options.sampling.temperature = Float(temperature)
        options.sampling.topP = Float(topP)
        options.sampling.topK = topK
        options.sampling.repetitionPenalty = Float(repetitionPenalty)
        options.sampling.seed = seed.map { UInt64($0) }
        options.maximumNewTokens = maxNewTokens
        options.maximumThinkingTokens = maxThinkingTokens
        return options
    }

    /// Refuses what is out of its range, by the field's name.
    func validate() throws {
        guard frames == nil || fps == nil else {
            throw Refusal(.outOfRange, "frames and fps exclude each other: give one of them, and null for the other.")
        }
        try Self.check("frames", frames, Self.frameCounts)
        try Self.check("fps", fps, Self.rates)
        try Self.check("maxPixels", maxPixels, Self.pixels)
        try Self.check("seed", seed, Self.seeds)
        guard system.utf8.count <= Self.maximumSystemBytes else {
            throw Refusal(.outOfRange, "system has at most \(Self.maximumSystemBytes) bytes.")
        }
        if temperature != 0 { try Self.check("temperature", Float(temperature), Sampling.temperatures) }
        try Self.check("topP", Float(topP), Sampling.topPs)
        try Self.check("topK", topK, Sampling.topKs)
        try Self.check("repetitionPenalty", Float(repetitionPenalty), Sampling.repetitionPenalties)
        try Self.check("maxNewTokens", maxNewTokens, ReplyOptions.newTokens)
        try Self.check("maxThinkingTokens", maxThinkingTokens, ReplyOptions.thinkingTokens)
    }

    private static func check<Value: Comparable>(_ field: String, _ value: Value?, _ range: ClosedRange<Value>) throws {
        guard let value, !range.contains(value) else { return }
        throw Refusal(.outOfRange, "\(field) is \(value): it goes from \(range.lowerBound) to \(range.upperBound).")
    }
}

extension Settings: Codable {
    private enum Key: String, CodingKey {
        case layout, frames, fps, maxPixels, system, maxNewTokens, temperature, topP, topK, repetitionPenalty
        case maxThinkingTokens, seed
    }

    /// What is left out has its default; `null` is none.
    init(from decoder: any Decoder) throws {
        self.init()
        let fields = try decoder.container(keyedBy: Key.self)
        if let name = try fields.decodeIfPresent(String.self, forKey: .layout) {
            guard let known = Layout(rawValue: name) else {
                let names = Layout.allCases.map(\.rawValue).joined(separator: ", ")
                throw Refusal(.outOfRange, "layout should be one of \(names).")
            }
            layout = known
        }
        fps = try fields.decodeIfPresent(Double.self, forKey: .fps)
        if fields.contains(.frames) || fps != nil { frames = try fields.decodeIfPresent(Int.self, forKey: .frames) }
        maxPixels = try fields.decodeIfPresent(Int.self, forKey: .maxPixels)
        system = try fields.decodeIfPresent(String.self, forKey: .system) ?? system
        maxNewTokens = try fields.decodeIfPresent(Int.self, forKey: .maxNewTokens) ?? maxNewTokens
        temperature = try fields.decodeIfPresent(Double.self, forKey: .temperature) ?? temperature
        topP = try fields.decodeIfPresent(Double.self, forKey: .topP) ?? topP
        topK = try fields.decodeIfPresent(Int.self, forKey: .topK) ?? topK
        repetitionPenalty = try fields.decodeIfPresent(Double.self, forKey: .repetitionPenalty) ?? repetitionPenalty
        maxThinkingTokens = try fields.decodeIfPresent(Int.self, forKey: .maxThinkingTokens)
        seed = try fields.decodeIfPresent(Int.self, forKey: .seed)
    }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(layout.rawValue, forKey: .layout)
        try fields.encode(frames, forKey: .frames)
        try fields.encode(fps, forKey: .fps)
        try fields.encode(maxPixels, forKey: .maxPixels)
        try fields.encode(system, forKey: .system)
        try fields.encode(maxNewTokens, forKey: .maxNewTokens)
        try fields.encode(temperature, forKey: .temperature)
        try fields.encode(topP, forKey: .topP)
        try fields.encode(topK, forKey: .topK)
        try fields.encode(repetitionPenalty, forKey: .repetitionPenalty)
        try fields.encode(maxThinkingTokens, forKey: .maxThinkingTokens)
        try fields.encode(seed, forKey: .seed)
    }
}
