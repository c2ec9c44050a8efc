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

extension Box {
    /// Every group of four numbers in brackets of any style: `[[1,2,3,4],[5,6,7,8]]`, `(1, 2, 3, 4)`, `<1 2 3 4>`, or no
    /// brackets at all. Groups of another size, and numbers beyond 0…1000, are no boxes.
    static func all(in text: String) -> [Box] {
        var boxes: [Box] = []
        var numbers: [Double] = []
        var digits = ""
        func close(_ numbers: [Double]) {
            guard numbers.count % 4 == 0, numbers.allSatisfy((0...1000).contains) else { return }
            for i in stride(from: 0, to: numbers.count, by: 4) {
                let box = Box(left: numbers[i], top: numbers[i + 1], right: numbers[i + 2], bottom: numbers[i + 3])
                if box.left <= box.right, box.top <= box.bottom { boxes.append(box) }
            }
        }
        var follows: Character = " "
        for character in text + "]" {
            defer { follows = character }
            // The 1 of x1 is no number.
            if digits.isEmpty, follows.isLetter || follows.isNumber, character.isNumber { continue }
            if character.isASCII && character.isNumber || character == "." || character == "-" {
                digits.append(character)
                continue
            }
            if !digits.isEmpty { numbers.append(Double(digits) ?? .infinity) }
            digits = ""
            if "]})>[{(<".contains(character) {
                close(numbers)
                numbers = []
            }
        }
        return boxes
    }
}
