import Foundation
import Tensors

/// How much memory the system would give us now.
enum MachineMemory {
    /// The environment variable that lowers it, in bytes or as in `6G`.
    static let limitName = "GLIMPSE_MEMORY"

    static func available() throws -> Int {
        let free =
            [meminfo, ControlGroup().memory].compactMap(\.self).min() ?? Int(ProcessInfo.processInfo.physicalMemory)
        guard let text = ProcessInfo.processInfo.environment[limitName], !text.isEmpty else { return free }
        guard let limit = bytes(text) else { throw MemoryLimitError(found: text) }
        return min(free, limit)
    }

    /// `MemAvailable` of Linux: what is free, and what holds copies of files.
    private static var meminfo: Int? {
        let lines = contents("/proc/meminfo")?.split(separator: "\n")
        let fields = lines?.first { $0.hasPrefix("MemAvailable:") }?.split(separator: " ")
        return fields.flatMap { $0.count > 1 ? Int($0[1]) : nil }.map { $0 * 1024 }
    }

    /// What this process takes beside the files that it has mapped; nil where the system does not say.
    static var own: Int? {
        let line = contents("/proc/self/status")?.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
        let fields = line?.split(whereSeparator: \.isWhitespace)
        return fields.flatMap { $0.count > 1 ? Int($0[1]) : nil }.map { $0 * 1024 }
    }

    private static func contents(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

    /// 6442450944, or 6G, 6144M.
    static func bytes(_ text: String) -> Int? {
        let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
        let unit = text.last.flatMap { units[Character($0.uppercased())] }
        guard let number = Int(unit == nil ? text : String(text.dropLast())), number > 0 else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit ?? 1)
        return overflow ? nil : bytes
    }
}

struct MemoryLimitError: Error, CustomStringConvertible {
    let found: String

    var description: String { "\(MachineMemory.limitName) is \(found): it should be a number of bytes, as in 6G" }
}
