import GLM
import Generation

/// What may be set, for the page to make its controls of: the original app's sliders, and more.
struct OptionsView: Codable, Equatable {
    struct Slider: Codable, Equatable {
        let key, label: String
        let min, max, step: Double
        let `default`: Double
    }

    struct Choice: Codable, Equatable {
        let value, label, help: String
    }

    struct Range<Value: Codable & Comparable>: Codable, Equatable {
        let min, max: Value

        init(_ range: ClosedRange<Value>) { (min, max) = (range.lowerBound, range.upperBound) }
    }

    struct SystemMessage: Codable, Equatable {
        let `default`: String
        let maxBytes: Int
    }

    let sliders: [Slider]
    let layouts: [Choice]
    let frames: Range<Int>
    let fps: Range<Double>
    let maxPixels: Range<Int>
    let maxThinkingTokens: Range<Int>
    let seed: Range<Int>
    let system: SystemMessage
    let defaults: Settings

    init() {
        let settings = Settings()
        func slider<Value: BinaryInteger>(_ key: String, _ label: String, _ range: ClosedRange<Value>, _ value: Value)
            -> Slider
        {
            Slider(
                key: key,
                label: label,
                min: Double(range.lowerBound),
                max: Double(range.upperBound),
                step: 1,
                default: Double(value)
            )
        }
        func slider(_ key: String, _ label: String, _ range: ClosedRange<Float>, step: Double, _ value: Double)
            -> Slider
        {
            Slider(
                key: key,
                label: label,
                min: Self.decimal(range.lowerBound),
                max: Self.decimal(range.upperBound),
                step: step,
                default: value
            )
        }
        sliders = [
            slider("maxNewTokens", "Max new tokens", ReplyOptions.newTokens, settings.maxNewTokens),
            slider("temperature", "Temperature", Sampling.temperatures, step: 0.1, settings.temperature),
            slider("topP", "Top-p (nucleus sampling)", Sampling.topPs, step: 0.05, settings.topP),
            slider("topK", "Top-k", Sampling.topKs, settings.topK),
            slider(
                "repetitionPenalty",
                "Repetition penalty",
                Sampling.repetitionPenalties,
                step: 0.05,
                settings.repetitionPenalty
            ),
        ]
        layouts = Layout.allCases.map { Choice(value: $0.rawValue, label: $0.label, help: $0.help) }
        frames = Range(Settings.frameCounts)
        fps = Range(Settings.rates)
        maxPixels = Range(Settings.pixels)
        maxThinkingTokens = Range(ReplyOptions.thinkingTokens)
        seed = Range(Settings.seeds)
        system = SystemMessage(default: settings.system, maxBytes: Settings.maximumSystemBytes)
        defaults = settings
    }

    /// The shortest decimal of a Float, as a Double: 0.1, not 0.10000000149.
    private static func decimal(_ value: Float) -> Double { Double("\(value)") ?? Double(value) }
}

extension Layout {
    fileprivate var label: String {
        switch self {
        case .framesFirst: "Frames first"
        case .questionFirst: "Question first"
        case .video: "Video"
        }
    }

    fileprivate var help: String {
        switch self {
        case .framesFirst: "The frames with their times, then the question: prepared before you ask."
        case .questionFirst: "The question, then the frames, as the original app does: nothing can be prepared."
        case .video: "The model's own format: pairs of frames with whole seconds, half the tokens."
        }
    }
}
