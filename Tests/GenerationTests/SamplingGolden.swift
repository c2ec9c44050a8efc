import Foundation

struct SamplingGolden {
    let logits: [Float]
    let history: [Int]

    static func inputs(file: String = #filePath) throws -> [SamplingGolden] {
        let url = URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent("Golden/sampling.json")
        let root = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any]
        return (root?["inputs"] as? [[String: Any]] ?? []).map { input in
            let logits = (input["logits"] as? [Any] ?? []).map { Float(number($0)) }
            return SamplingGolden(logits: logits, history: input["history"] as? [Int] ?? [])
        }
    }
}

func integer(_ value: Any?) -> Int { (value as? NSNumber)?.intValue ?? 0 }
func number(_ value: Any?) -> Double { (value as? NSNumber)?.doubleValue ?? 0 }
