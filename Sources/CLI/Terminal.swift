import Foundation

/// Standard output and standard error, each treated as a terminal only if it is one.
enum Terminal {
    static let isErrorInteractive = isatty(STDERR_FILENO) != 0
    private static let isOutputInteractive = isatty(STDOUT_FILENO) != 0

    /// Writes at once; dim where the terminal can.
    static func write(_ text: some StringProtocol, isDim: Bool = false) throws {
        guard !text.isEmpty else { return }
        let safe = isOutputInteractive ? visible(String(text), except: "\n\t") : String(text)
        let shown = isDim && isOutputInteractive ? "\u{1B}[2m\(safe)\u{1B}[22m" : safe
        do {
            try FileHandle.standardOutput.write(contentsOf: Data(shown.utf8))
        } catch {
            throw OutputError.full
        }
    }

    static func print(_ line: String) throws { try write(line + "\n") }

    static func print(json value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// A remark on standard error, in one line.
    static func note(_ text: String) { writeError("glimpse: \(visible(text))\n") }

    /// The text with control characters spelled out: a file's name, or a reply, could move the cursor or look like
    /// another line.
    static func visible(_ text: String, except known: String = "") -> String {
        text.unicodeScalars.reduce(into: "") { shown, scalar in
            let isControl = scalar.properties.generalCategory == .control && !known.unicodeScalars.contains(scalar)
            shown += isControl ? scalar.escaped(asASCII: true) : String(scalar)
        }
    }

    /// Where even this cannot be written there is nobody left to tell.
    static func writeError(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
}
