import Testing

@testable import Tokenization

/// A megabyte of anything is done in a second in a release build; a quadratic way would take hours.
struct LinearTests {
    @Test(
        .timeLimit(.minutes(5)),
        arguments: ["a", " ", "\n", " \n", "7", "😀", "\u{301}", "'s", "'", "世", "ab", "👩‍👩‍👧", "\u{10FFFF}"]
    )
    func `a megabyte of one thing is encoded at once`(piece: String) throws {
        let tokenizer = try Tokenizer(contentsOf: Golden.file("scripts.json"))
        let text = String(repeating: piece, count: (1 << 20) / piece.utf8.count)
        #expect(tokenizer.decode(tokenizer.encode(text)).utf8.elementsEqual(text.utf8))
    }

    @Test func `long words and short words are merged alike`() {
        var pairs = BytePairs(bytes: (0..<256).map { $0 })
        var random = SystemRandomNumberGenerator()
        var made: UInt32 = 256
        for _ in 0..<200 {
            let (left, right) = (
                UInt32.random(in: 97...made, using: &random), UInt32.random(in: 97...99, using: &random)
            )
            pairs.append(left > 99 && left < 256 ? 98 : left, right, making: made)
            made += 1
        }
        for count in 1...200 {
            let word = (0..<count).map { _ in UInt8.random(in: 97...99, using: &random) }
            var short: [Int] = [], long: [Int] = []
            pairs.encodeShort(word[...], into: &short)
            pairs.encodeLong(word[...], into: &long)
            #expect(short == long, "\(word)")
        }
    }
}
