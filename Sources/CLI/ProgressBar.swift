/// One line on standard error that says how far something is and how long it will take; nothing where no one looks.
final class ProgressBar {
    private let title: String
    private let start = ContinuousClock.now
    private var isShown = false

    private static let width = 24

    init(_ title: String) { self.title = title }

    func show(_ done: Int, of total: Int) {
        guard Terminal.isErrorInteractive, total > 0 else { return }
        guard done < total else { return clear() }
        isShown = true
        let filled = Self.width * done / total
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: Self.width - filled)
        Terminal.writeError("\r\u{1B}[K\(title) \(bar) \(done)/\(total)\(left(done, of: total))")
    }

    func clear() {
        guard isShown else { return }
        isShown = false
        Terminal.writeError("\r\u{1B}[K")
    }

    private func left(_ done: Int, of total: Int) -> String {
        guard done > 0 else { return "" }
        let seconds = (ContinuousClock.now - start) / .seconds(1) * Double(total - done) / Double(done)
        return seconds < 1 ? "" : ", \(Int(seconds.rounded())) s left"
    }
}
