import Foundation

/// What Linux lets this process have: the limits of its control group and of all groups around it.
///
/// Reference: the kernel's "Control Group v2". A container sees its own group at the root; under systemd (`CPUQuota=`, `MemoryMax=`) it is
/// further down. Where there is no such file system, nothing is limited.
package struct ControlGroup {
    /// The folders of the groups, the own one first.
    private let folders: [String]

    /// `root` is where the groups are, and `membership` the file that says which is ours.
    package init(root: String = "/sys/fs/cgroup", membership: String = "/proc/self/cgroup") {
        let lines = Self.contents(membership)?.split(separator: "\n") ?? []
        let path = lines.first { $0.hasPrefix("0::/") }?.dropFirst("0::/".count) ?? ""
        // A group outside of what this process may see is named by a way up, as in /../other.
        let names = path.split(separator: "/").contains("..") ? [] : path.split(separator: "/")
        folders = (0...names.count).reversed().map {
            ([root] + names.prefix($0).map(String.init)).joined(separator: "/")
        }
    }

    /// As many processors as the tightest quota comes to, rounded up; nil where none is set.
    package var processors: Int? {
        folders.compactMap { folder in
            let fields = Self.contents(folder + "/cpu.max")?.split(separator: " ").compactMap { Int($0) } ?? []
            guard fields.count == 2, fields[0] > 0, fields[1] > 0 else { return nil }  // "max 100000" is no quota
            return (fields[0] - 1) / fields[1] + 1
        }.min()
    }

    /// How many bytes may still be taken; nil where nothing limits them. Copies of files count as used and are given back on demand, so that
    /// only what is `anon` is gone.
    package var memory: Int? {
        folders.compactMap { folder in
            guard let most = Self.contents(folder + "/memory.max").flatMap({ Int($0) }) else { return nil }
            let used = Self.contents(folder + "/memory.stat")?.split(separator: "\n").first { $0.hasPrefix("anon ") }
            return max(0, most - (used.flatMap { Int($0.dropFirst("anon ".count)) } ?? 0))
        }.min()
    }

    private static func contents(_ path: String) -> String? {
        (try? String(contentsOfFile: path, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
