import Testing

@testable import Tokenization

/// Each expectation was read off `tokenizers` 0.23.3, not worked out.
struct WordsTests {
    @Test(arguments: [
        ("a  b", ["a", " ", " b"]),
        ("a \n b", ["a", " \n", " b"]),
        (" \t\n \n", [" \t\n \n"]),
        ("  \n  ", ["  \n", "  "]),
        (" \u{a0}x", [" ", "\u{a0}x"]),
        ("'\u{17f}x", ["'\u{17f}", "x"]),
        ("'T'RE", ["'T", "'RE"]),
        ("'l\u{212a}", ["'l\u{212a}"]),
        ("\u{301}\u{301}a", ["\u{301}\u{301}", "a"]),
        ("\u{180e} \u{200b}\u{2028}\u{2029}x", ["\u{180e}", " \u{200b}", "\u{2028}", "\u{2029}x"]),
        ("1\u{661}²③", ["1\u{661}²", "③"]),
        ("x \r", ["x", " \r"]),
        ("", []),
    ])
    func `a text is cut as the pattern cuts it`(text: String, words: [String]) {
        let cut = Words(text)
        #expect(cut.map { Array(cut.utf8[$0]) } == words.map { Array($0.utf8) })
    }
}
