import CoreMetrics
import Synchronization

/// A back end of swift-metrics that keeps everything in memory and writes it in Prometheus' text format.
final class PrometheusText: MetricsFactory {
    private struct Key: Hashable {
        let label: String
        let dimensions: String
    }

    private let counters = Mutex<[Key: Count]>([:])
    private let gauges = Mutex<[Key: Level]>([:])
    private let timers = Mutex<[Key: Histogram]>([:])

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counters.withLock { $0.make(Self.key(label, dimensions)) { Count() } }
    }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        gauges.withLock { $0.make(Self.key(label, dimensions)) { Level() } }
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        timers.withLock { $0.make(Self.key(label, dimensions)) { Histogram() } }
    }

    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}

    /// All that was measured, sorted.
    var text: String {
        var lines: [String] = []
        func add<Value>(_ values: [Key: Value], type: String, _ samples: (Key, Value) -> [String]) {
            let families = Dictionary(grouping: values, by: \.key.label)
            for (label, family) in families.sorted(by: { $0.key < $1.key }) {
                lines.append("# TYPE \(label) \(type)")
                for (key, value) in family.sorted(by: { $0.key.dimensions < $1.key.dimensions }) {
                    lines += samples(key, value)
                }
            }
        }
        add(counters.withLock { $0 }, type: "counter") { key, count in
            ["\(key.label)\(Self.braces(key.dimensions)) \(count.value)"]
        }
        add(gauges.withLock { $0 }, type: "gauge") { key, level in
            ["\(key.label)\(Self.braces(key.dimensions)) \(level.value)"]
        }
        add(timers.withLock { $0 }, type: "histogram") { key, histogram in
            histogram.lines(key.label, key.dimensions)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func key(_ label: String, _ dimensions: [(String, String)]) -> Key {
        let text = dimensions.map { name, value in
            let value = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            return "\(name)=\"\(value)\""
        }
        return Key(label: label, dimensions: text.joined(separator: ","))
    }

    fileprivate static func braces(_ dimensions: String) -> String { dimensions.isEmpty ? "" : "{\(dimensions)}" }
}

extension Dictionary {
    fileprivate mutating func make(_ key: Key, _ new: () -> Value) -> Value {
        if let value = self[key] { return value }
        let value = new()
        self[key] = value
        return value
    }
}

private final class Count: CounterHandler {
    private let total = Atomic<Int64>(0)
    var value: Int64 { total.load(ordering: .relaxed) }

    func increment(by amount: Int64) { total.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { total.store(0, ordering: .relaxed) }
}

private final class Level: RecorderHandler {
    private let last = Mutex(0.0)
    var value: Double { last.withLock { $0 } }

    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) { last.withLock { $0 = value } }
}

/// How many durations were no longer than each bound, and their sum.
private final class Histogram: TimerHandler {
    private struct State {
        var counts = [Int](repeating: 0, count: Histogram.bounds.count)
        var count = 0
        var seconds = 0.0
    }

    private static let bounds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 600]
    private let state = Mutex(State())

    func recordNanoseconds(_ duration: Int64) {
        let seconds = Double(duration) / 1e9
        state.withLock { state in
            for (i, bound) in Self.bounds.enumerated() where seconds <= bound { state.counts[i] += 1 }
            state.count += 1
            state.seconds += seconds
        }
    }

    func lines(_ label: String, _ dimensions: String) -> [String] {
        let state = state.withLock { $0 }
        func bucket(_ bound: String, _ count: Int) -> String {
            let all = (dimensions.isEmpty ? [] : [dimensions]) + ["le=\"\(bound)\""]
            return "\(label)_bucket{\(all.joined(separator: ","))} \(count)"
        }
        return zip(Self.bounds, state.counts).map { bucket("\($0)", $1) } + [
            bucket("+Inf", state.count),
            "\(label)_sum\(PrometheusText.braces(dimensions)) \(state.seconds)",
            "\(label)_count\(PrometheusText.braces(dimensions)) \(state.count)",
        ]
    }
}
