import Foundation
import TestSupport
import Testing

@testable import Server

/// Whatever a model writes, its HTML can do nothing. The texts are those that the browser tests send through the page.
struct HostileMarkdownTests {
    private static let texts: [String] =
        (try? JSONDecoder().decode(
            [String].self,
            from: Data(contentsOf: URL(fileURLWithPath: checkout + "/Tests/Browser/hostile.json"))
        )) ?? []

    private static let tags: [String: Set<String>] = [
        "p": [], "br": [], "hr": [], "em": [], "strong": [], "del": [], "code": ["class"], "pre": ["lang"],
        "blockquote": [],
        "ul": ["class"], "ol": ["start", "class"], "li": [], "h1": [], "h2": [], "h3": [], "h4": [], "h5": [], "h6": [],
        "table": [],
        "thead": [], "tbody": [], "tr": [], "th": ["align"], "td": ["align"], "input": ["type", "checked", "disabled"],
        "a": ["rel", "target", "href", "title"], "button": ["type", "class", "data-seconds"],
    ]

    /// Reads HTML as strictly as it was written: nil, or what should not be in it.
    private static func fault(in html: String) -> String? {
        var rest = html[...]
        while let start = rest.firstIndex(of: "<") {
            rest = rest[start...]
            guard let match = rest.prefixMatch(of: /<\/?([a-z0-9]+)((?: [a-z-]+="[^"<>]*")*) ?\/?>/) else {
                return "\(rest.prefix(40))"
            }
            let name = String(match.1)
            guard let allowed = tags[name] else { return "<\(name)>" }
            for attribute in match.2.matches(of: /\ ([a-z-]+)="([^"]*)"/) {
                guard allowed.contains(String(attribute.1)) else { return "\(name) \(attribute.1)" }
                if attribute.1 == "href" {
                    guard attribute.2.wholeMatch(of: /(?i:https?:\/\/|mailto:)[^\s]+/) != nil else {
                        return "href \(attribute.2)"
                    }
                    guard match.0.contains("rel=\"noopener noreferrer nofollow\" target=\"_blank\"") else {
                        return "no rel"
                    }
                }
                if attribute.1 == "data-seconds" {
                    guard Double(attribute.2) != nil else { return "seconds \(attribute.2)" }
                }
            }
            rest = rest[match.range.upperBound...]
        }
        return nil
    }

    @Test func `there are enough of them`() { #expect(Set(Self.texts).count >= 200) }

    @Test func `no text makes markup of its own, whole or cut anywhere`() {
        for text in Self.texts {
            for end in text.indices.map({ text[..<$0] }) + [text[...]] {
                let html = SafeHTML(markdown: String(end), duration: 100).text
                let fault = Self.fault(in: html)
                #expect(fault == nil, "\(end.debugDescription) → \(html): \(fault ?? "")")
            }
        }
    }

    @Test func `the judge itself sees what is wrong`() {
        for html in [
            "<script>", "<p onclick=\"x\">", "<a href=\"javascript:x\">", "<img src=\"x\">", "<p", "<P>",
            "<a href=\"https://x\">",
            "<button type=\"button\" class=\"moment\" data-seconds=\"x\">",
        ] { #expect(Self.fault(in: html) != nil, "\(html)") }
    }

    @Test(arguments: [
        ("<b>bold</b> & <i>", "<p>&lt;b&gt;bold&lt;/b&gt; &amp; &lt;i&gt;</p>\n"),
        ("<div>\nblock\n</div>", "<p>&lt;div&gt;\nblock\n&lt;/div&gt;\n</p>\n"),
        ("![cat](https://evil.test/a.png?q=1)", "<p>cat</p>\n"), ("[a](javascript:alert)", "<p>a</p>\n"),
        ("[a](data:text/html,x)", "<p>a</p>\n"),
        ("[a](/local)", "<p>a</p>\n"), ("[a](//evil.test)", "<p>a</p>\n"),
        (
            "[](https://a.b)",
            "<p><a rel=\"noopener noreferrer nofollow\" target=\"_blank\" href=\"https://a.b\"></a></p>\n"
        ),
        (
            "[a](https://a.b \"t\")",
            "<p><a rel=\"noopener noreferrer nofollow\" target=\"_blank\" href=\"https://a.b\" title=\"t\">a</a></p>\n"
        ),
        (
            "a@b.cd",
            "<p><a rel=\"noopener noreferrer nofollow\" target=\"_blank\" href=\"mailto:a@b.cd\">a@b.cd</a></p>\n"
        ),
        ("- [x] done", "<ul>\n<li><input type=\"checkbox\" checked=\"\" disabled=\"\" /> done</li>\n</ul>\n"),
        ("at 1.5s", "<p>at <button type=\"button\" class=\"moment\" data-seconds=\"1.5\">1.5s</button></p>\n"),
        (
            "`1.5s` [1.5s](https://a.b) 0:12",
            "<p><code>1.5s</code> <a rel=\"noopener noreferrer nofollow\" target=\"_blank\" href=\"https://a.b\">1.5s</a> <button type=\"button\" class=\"moment\" data-seconds=\"12.0\">0:12</button></p>\n"
        ),
        ("\u{E000}9\u{E001}x\u{E002}", "<p>\u{FFFD}9\u{FFFD}x\u{FFFD}</p>\n"), ("at 500s", "<p>at 500s</p>\n"),
    ])
    func `each thing becomes what it should`(markdown: String, html: String) {
        #expect(SafeHTML(markdown: markdown, duration: 100).text == html)
    }

    @Test func `tables, code, lists and strikethrough are rendered`() {
        let html = SafeHTML(
            markdown:
                "| a | b |\n|:--|--:|\n| ~~x~~ | `1.5s` at 2s |\n\n```swift\nlet x = \"<\"\n```\n\n1. one\n2. two",
            duration: 9
        ).text
        for part in [
            "<table>", "<td align=\"right\">", "<del>x</del>",
            "<pre><code class=\"language-swift\">let x = &quot;&lt;&quot;", "<ol>", "data-seconds=\"2.0\"",
        ] {
            #expect(html.contains(part), "\(part): \(html)")
        }
    }

    @Test func `many at once come out as one at a time`() async {
        let text = String(repeating: "~~gone~~ see www.example.com at 1.5s\n\n| a |\n|---|\n| b |\n\n", count: 20)
        let expected = SafeHTML(markdown: text, duration: 9)
        let wrong = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<50).count { _ in SafeHTML(markdown: text, duration: 9) != expected } }
            }
            return await group.reduce(0, +)
        }
        #expect(wrong == 0)
    }

    /// What the page is given while such a text streams, for the browser tests to stream into it.
    /// `RECORD_SNAPSHOTS=1 swift test` writes it anew.
    @Test func `the golden file of the browser tests is what the renderer makes`() throws {
        struct Piece: Codable, Equatable { let answer, answerHtml: String }
        struct Streamed: Codable, Equatable { let text: String; let pieces: [Piece] }
        let streamed = Self.texts.map { text in
            var pieces: [Piece] = []
            var (rest, so) = (text[...], "")
            var (length, next) = (1, 2)
            while !rest.isEmpty {
                let piece = String(rest.prefix(length))
                rest = rest.dropFirst(length)
                so += piece
                pieces.append(Piece(answer: piece, answerHtml: SafeHTML(markdown: so, duration: 5).text))
                (length, next) = (next, length + next)
            }
            return Streamed(text: text, pieces: pieces)
        }
        let url = URL(fileURLWithPath: checkout + "/Tests/Browser/Golden/hostile.json")
        if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] != nil {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try encoder.encode(streamed).write(to: url)
        }
        #expect(try JSONDecoder().decode([Streamed].self, from: Data(contentsOf: url)) == streamed)
    }
}
