/// A reply as it is made: first what the model thinks, then what it answers.
package enum Delta: Sendable, Equatable {
    case thought(String)
    case answer(String)
    /// Places in the picture that the text just before speaks of.
    case boxes([Box])
}

/// A rectangle in thousandths of the picture's width and height.
package struct Box: Sendable, Equatable {
    package let left, top, right, bottom: Double

    package init(left: Double, top: Double, right: Double, bottom: Double) {
        self.left = left
        self.top = top
        self.right = right
        self.bottom = bottom
    }
}

/// Splits `<think>…</think><answer>…</answer>` into thought, answer and boxes while it streams.
///
/// The model forgets tags: text outside of any is answer, each tag ends what came before, and what is open at the end is
/// closed. A tag may arrive in pieces, so text that could become one is held back. White space around thought and answer
/// is left out.
package struct ReplyParser: Sendable {
    private enum Tag: String, CaseIterable {
        case think = "<think>"
        case endThink = "</think>"
        case answer = "<answer>"
        case endAnswer = "</answer>"
        case box = "<|begin_of_box|>"
        case endBox = "<|end_of_box|>"
    }

    /// Whether the model is thinking at the moment.
    package private(set) var isThinking = false

    private var held: Substring = ""
    private var space = ""  // seen, but left out unless more follows
    private var isEmpty = true  // nothing but white space in this section so far
    private var box: String?

    package init() {}

    package mutating func append(_ text: String) -> [Delta] {
        held += text
        var deltas: [Delta] = []
        while let start = held.firstIndex(of: "<") {
            emit(held[..<start], into: &deltas)
            held = held[start...]
            if let tag = Tag.allCases.first(where: { held.hasPrefix($0.rawValue) }) {
                held = held.dropFirst(tag.rawValue.count)
                meet(tag, into: &deltas)
            } else if Tag.allCases.contains(where: { $0.rawValue.hasPrefix(held) }) {
                return deltas.joined()
            } else {
                emit(held.prefix(1), into: &deltas)
                held = held.dropFirst()
            }
        }
        emit(held, into: &deltas)
        held = ""
        return deltas.joined()
    }

    /// What was held back, when nothing more comes.
    package mutating func finish() -> [Delta] {
        var deltas: [Delta] = []
        emit(held, into: &deltas)
        held = ""
        closeBox(into: &deltas)
        return deltas.joined()
    }

    private mutating func meet(_ tag: Tag, into deltas: inout [Delta]) {
        switch tag {
        case .box:
            closeBox(into: &deltas)
            box = ""
        case .endBox:
            closeBox(into: &deltas)
        case .think, .endThink, .answer, .endAnswer:
            closeBox(into: &deltas)
            let thinks = tag == .think
            if thinks != isThinking || tag == .answer { (space, isEmpty) = ("", true) }
            isThinking = thinks
        }
    }

    private mutating func closeBox(into deltas: inout [Delta]) {
        guard let text = box else { return }
        box = nil
        let boxes = Box.all(in: text)
        if !boxes.isEmpty { deltas.append(.boxes(boxes)) }
    }

    private mutating func emit(_ text: Substring, into deltas: inout [Delta]) {
        guard !text.isEmpty else { return }
        box?.append(contentsOf: text)
        let body = text.trimmingSuffix(while: \.isWhitespace)
        if body.isEmpty {
            if !isEmpty { space += text }
            return
        }
        let visible = isEmpty ? body.trimmingPrefix(while: \.isWhitespace) : body
        let piece = space + visible
        space = String(text[body.endIndex...])
        isEmpty = false
        deltas.append(isThinking ? .thought(piece) : .answer(piece))
    }
}

extension Substring {
    fileprivate func trimmingSuffix(while isTrimmed: (Character) -> Bool) -> Substring {
        var end = endIndex
        while end > startIndex, isTrimmed(self[index(before: end)]) { end = index(before: end) }
        return self[..<end]
    }
}

extension [Delta] {
    /// Neighbours of one kind as one.
    fileprivate func joined() -> [Delta] {
        reduce(into: []) { deltas, delta in
            switch (deltas.last, delta) {
            case (.thought(let a), .thought(let b)): deltas[deltas.count - 1] = .thought(a + b)
            case (.answer(let a), .answer(let b)): deltas[deltas.count - 1] = .answer(a + b)
            default: deltas.append(delta)
            }
        }
    }
}
