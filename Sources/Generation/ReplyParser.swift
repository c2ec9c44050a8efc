/// A reply as it is made: first what the model thinks, then what it answers.
package enum Delta: Sendable, Equatable {
    case thought(String)
    case answer(String)
    /// Places in the picture that the text just before speaks of.
    case boxes([Box])
}

/// Splits `<think>…</think><answer>…</answer>` into thought, answer and boxes while it streams.
///
/// The model forgets tags: text outside of any is answer, each tag ends what came before, and what is open at the end is
/// closed. A tag may arrive in pieces, so text that could become one is held back. White space around thought and answer
/// is left out; where one of them goes on after the other, an empty line stands between its parts.
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

    // Bytes, since a tag next to a combining mark is no longer made of the characters that it is written with.
    private var held: ArraySlice<UInt8> = []
    private var thought = Section(), answer = Section()
    private var box: [UInt8]?

    package init() {}

    package mutating func append(_ text: String) -> [Delta] {
        held += text.utf8
        var deltas: [Delta] = []
        while let start = held.firstIndex(of: UInt8(ascii: "<")) {
            emit(held[..<start], into: &deltas)
            held = held[start...]
            if let tag = Tag.allCases.first(where: { held.starts(with: $0.rawValue.utf8) }) {
                held = held.dropFirst(tag.rawValue.utf8.count)
                meet(tag, into: &deltas)
            } else if Tag.allCases.contains(where: { $0.rawValue.utf8.starts(with: held) }) {
                return deltas.joined()
            } else {
                emit(held.prefix(1), into: &deltas)
                held = held.dropFirst()
            }
        }
        emit(held, into: &deltas)
        held = []
        return deltas.joined()
    }

    /// What was held back, when nothing more comes.
    package mutating func finish() -> [Delta] {
        var deltas: [Delta] = []
        emit(held, into: &deltas)
        held = []
        closeBox(into: &deltas)
        return deltas.joined()
    }

    private mutating func meet(_ tag: Tag, into deltas: inout [Delta]) {
        closeBox(into: &deltas)
        switch tag {
        case .box: box = []
        case .endBox: break
        case .think, .endThink, .answer, .endAnswer:
            let thinks = tag == .think
            if thinks || isThinking || tag == .answer {
                thinks ? thought.begin() : answer.begin()
            }
            isThinking = thinks
        }
    }

    private mutating func closeBox(into deltas: inout [Delta]) {
        guard let text = box else { return }
        box = nil
        let boxes = Box.all(in: String(decoding: text, as: UTF8.self))
        if !boxes.isEmpty { deltas.append(.boxes(boxes)) }
    }

    private mutating func emit(_ text: ArraySlice<UInt8>, into deltas: inout [Delta]) {
        guard !text.isEmpty else { return }
        box?.append(contentsOf: text)
        if isThinking {
            if let text = thought.append(text) { deltas.append(.thought(text)) }
        } else {
            if let text = answer.append(text) { deltas.append(.answer(text)) }
        }
    }
}

/// Thought or answer, without the white space around it.
private struct Section: Sendable {
    private var space: ArraySlice<UInt8> = []  // seen, but left out unless more follows
    private var isStarted = false
    private var isAtStart = true

    /// What comes now is a new part.
    mutating func begin() {
        space = []
        isAtStart = true
    }

    mutating func append(_ text: ArraySlice<UInt8>) -> String? {
        guard let last = text.lastIndex(where: { !$0.isSpace }) else {
            if !isAtStart { space += text }
            return nil
        }
        var visible = text[...last]
        if isAtStart {
            visible = visible.drop(while: \.isSpace)
            if isStarted { space = [UInt8(ascii: "\n"), UInt8(ascii: "\n")] }
        }
        defer { space = text[(last + 1)...] }
        (isStarted, isAtStart) = (true, false)
        return String(decoding: space + visible, as: UTF8.self)
    }
}

extension UInt8 {
    fileprivate var isSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
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
