import GLM
import Tensors
import Weights

/// What `glimpse bench` prints, as a table or as JSON. Rates are a second's; shares are of what the machine can do.
struct BenchReport: Encodable {
    let machine: MachineReport
    let model: String
    let precision: String
    let weightBytes: Int
    let loadSeconds: Double
    /// What of the weights is read for each token that is written.
    let bytesPerToken: Int
    var vision: VisionReport?
    var language: [LanguageReport] = []
    private let batches: [Int]
    /// The most bytes beside the weights, caches of keys and values among them; nil where the system does not say.
    var memory: Int?

    struct VisionReport: Encodable {
        let tokensPerFrame: Int
        let framesPerSecond, share: Double
    }

    struct LanguageReport: Encodable {
        let context: Int
        let prefillTokensPerSecond, prefillShare, decodeTokensPerSecond, decodeShare: Double
        /// Bytes beside the weights while one reply was written; nil where the system does not say.
        let memory: Int?
        var together: [TogetherReport] = []
    }

    /// Several replies at once; the rate is that of all. The share is of memory, as for one: a step of all reads the weights once.
    struct TogetherReport: Encodable {
        let replies: Int
        let tokensPerSecond, share: Double
    }

    private enum CodingKeys: CodingKey {
        case machine, model, precision, weightBytes, loadSeconds, bytesPerToken, vision, language, memory
    }

    init(machine: MachineReport, model: GLM4V, precision: Precision, weights: Int, seconds: Double, together: [Int]) {
        self.machine = machine
        self.model = model.name
        self.precision = precision.rawValue
        weightBytes = weights
        loadSeconds = seconds
        bytesPerToken = model.bytesPerToken
        batches = together
    }

    /// Most of the vision tower's work is in 8 bits where anything is packed, that of the language model in its precision.
    private var limits: (vision: Double, language: Double) {
        switch precision {
        case Precision.f32.rawValue: (machine.floats, machine.floats)
        case Precision.q8.rawValue: (machine.q8, machine.q8)
        default: (machine.q8, machine.q4)
        }
    }

    mutating func add(_ vision: (tokens: Int, found: Benchmark.Measurement)) {
        self.vision = VisionReport(
            tokensPerFrame: vision.tokens,
            framesPerSecond: vision.found.rate,
            share: vision.found.operations / vision.found.seconds / limits.vision
        )
    }

    mutating func add(
        _ found: (prefill: Benchmark.Measurement, decode: Benchmark.Measurement),
        context: Int,
        memory: Int?
    ) {
        language.append(
            LanguageReport(
                context: context,
                prefillTokensPerSecond: found.prefill.rate,
                prefillShare: found.prefill.operations / found.prefill.seconds / limits.language,
                decodeTokensPerSecond: found.decode.rate,
                decodeShare: share(found.decode.rate),
                memory: memory
            )
        )
    }
}

extension BenchReport {
    /// Several replies at once, after the context that was added last.
    mutating func add(_ found: Benchmark.Measurement, of replies: Int) {
        language[language.count - 1].together.append(
            TogetherReport(replies: replies, tokensPerSecond: found.rate, share: share(found.rate / Double(replies)))
        )
    }

    /// The part of what memory allows that so many steps a second are.
    private func share(_ steps: Double) -> Double { steps * Double(bytesPerToken) / machine.bytesRead }
}

/// The machine's limits, a second's.
struct MachineReport: Encodable {
    let kernels: String
    let threads: Int
    let bytesRead, floats, q8, q4: Double

    init(_ limits: MachineLimits) {
        (kernels, threads) = (limits.kernels, limits.threads)
        (bytesRead, floats, q8, q4) = (limits.bytesRead, limits.floats, limits.q8, limits.q4)
    }
}

/// For people.
extension BenchReport {
    var head: [String] {
        let rates = [machine.floats, machine.q8, machine.q4].map { short($0 / 1e9) }
        return [
            "machine   \(machine.kernels), \(machine.threads) threads: reads \(short(machine.bytesRead / 1e9)) GB/s, "
                + "computes \(rates[0]) Gop/s in f32, \(rates[1]) in q8, \(rates[2]) in q4",
            "model     \(model) in \(precision): \(gigabytes(weightBytes)), "
                + "\(gigabytes(bytesPerToken)) a written token, loaded in \(short(loadSeconds)) s",
        ]
    }

    var visionLines: [String] {
        guard let vision else { return [] }
        return [
            "vision    640x360: \(vision.tokensPerFrame) tokens, \(short(1 / vision.framesPerSecond)) s a frame, "
                + "\(percent(vision.share)) of the machine",
            "",
            "context   read, tokens/s   of arithmetic   write, tokens/s   of memory"
                + batches.map { "   \($0) at once" }.joined(),
        ]
    }

    var languageLine: String? {
        language.last.map { row in
            let cells = [
                String(row.context), short(row.prefillTokensPerSecond), percent(row.prefillShare),
                short(row.decodeTokensPerSecond), percent(row.decodeShare),
            ]
            let more = batches.map { replies in
                row.together.first { $0.replies == replies }.map { short($0.tokensPerSecond) } ?? "–"
            }
            let widths = [7, 17, 16, 18, 12] + batches.map { 11 + String($0).count }
            return zip(cells + more, widths).map { cell, width in
                String(repeating: " ", count: max(0, width - cell.count)) + cell
            }.joined()
        }
    }

    var foot: [String] { memory.map { ["", "memory    \(gigabytes($0)) beside the weights, at most"] } ?? [] }

    /// Three digits that count.
    private func short(_ value: Double) -> String {
        let digits = value >= 100 ? 1.0 : value >= 10 ? 10 : 100
        let rounded = (value * digits).rounded() / digits
        return digits == 1 ? String(Int(rounded)) : String(rounded)
    }

    private func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
}
