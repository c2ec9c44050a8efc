import Foundation

/// What Linux lets this process have: the limits of its control groups and of all groups around them.
///
/// Reference: the kernel's "Control Group v2" and "Control Groups version 1", either of which a container may have. It sees its own group
/// at the root; under systemd (`CPUQuota=`, `MemoryMax=`) it is further down. Where there is no such file system, nothing is limited.
package struct ControlGroup {
    /// The folders of the groups, the own one first: of version 2, and of the two controllers of version 1.
    private let unified, processor, memories: [String]

    /// `root` is where the groups are, and `membership` the file that says which are ours.
    package init(root: String = "/sys/fs/cgroup", membership: String = "/proc/self/cgroup") {
        // 0::/path, and in version 1 4:memory:/path or 3:cpu,cpuacct:/path.
        let groups = (Self.contents(membership) ?? "").split(separator: "\n").map {
            $0.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        }
        func folders(_ controller: Substring, under root: String) -> [String] {
            let group = groups.first {
                $0.count == 3 && $0[1].split(separator: ",", omittingEmptySubsequences: false).contains(controller)
            }
            let names = group.map { $0[2].split(separator: "/") } ?? []
            // A group outside of what this process may see is named by a way up, as in /../other.
            let inside = names.contains("..") ? [] : names
            return (0...inside.count).reversed().map {
                ([root] + inside.prefix($0).map(String.init)).joined(separator: "/")
            }
        }
        unified = folders("", under: root)
        processor = folders("cpu", under: root + "/cpu")
        memories = folders("memory", under: root + "/memory")
    }

    /// As many processors as the tightest quota comes to, rounded up; nil where none is set.
    package var processors: Int? {
        let limits = unified.map { (Self.contents($0 + "/cpu.max") ?? "").split(separator: " ").map { Int($0) } }
        let older = processor.map { folder in
            ["quota", "period"].map { Self.contents("\(folder)/cpu.cfs_\($0)_us").flatMap { Int($0) } }
        }
        return (limits + older).compactMap { fields in
            // "max 100000" is no quota, and neither is -1.
            guard fields.count == 2, let quota = fields[0], let period = fields[1], quota > 0, period > 0 else {
                return nil
            }
            return (quota - 1) / period + 1
        }.min()
    }

    /// How many bytes may still be taken; nil where nothing limits them. Copies of files count as used and are given back on demand, so that
    /// only what is anonymous is gone.
    package var memory: Int? {
        let left =
            unified.map { Self.left($0, limit: "memory.max", used: "anon ") }
            + memories.map { Self.left($0, limit: "memory.limit_in_bytes", used: "total_rss ") }
        return left.compactMap(\.self).min()
    }

    /// Version 1 has no word for "no limit", but a number that no machine has.
    private static let unlimited = 1 << 60

    private static func left(_ folder: String, limit: String, used: String) -> Int? {
        guard let most = contents("\(folder)/\(limit)").flatMap({ Int($0) }), most < unlimited else { return nil }
        let line = contents(folder + "/memory.stat")?.split(separator: "\n").first { $0.hasPrefix(used) }
        return max(0, most - (line.flatMap { Int($0.dropFirst(used.count)) } ?? 0))
    }

    private static func contents(_ path: String) -> String? {
        (try? String(contentsOfFile: path, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
