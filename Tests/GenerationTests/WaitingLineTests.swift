import Testing

@testable import Generation

struct WaitingLineTests {
    @Test func `owners take turns, each in its own order`() {
        var line = WaitingLine<String>(places: 30)
        for name in ["a1", "a2", "a3", "b1", "c1", "b2"] { line.append(name, owner: String(name.prefix(1))) }
        #expect(line.order() == ["a1", "b1", "c1", "a2", "b2", "a3"])
        #expect(line.order().map { _ in line.next() } == ["a1", "b1", "c1", "a2", "b2", "a3"])
        #expect(line.next() == nil && line.isEmpty)
    }

    @Test func `who was just served lets a newcomer go first`() {
        var line = WaitingLine<String>(places: 30)
        line.append("a1", owner: "a")
        #expect(line.next() == "a1")
        for i in 2...50 { line.append("a\(i)", owner: "a") }
        line.append("b1", owner: "b")
        #expect(line.next() == "b1")
        #expect(line.next() == "a2")
    }

    @Test func `of those who have the fewest served at once, turns are taken`() {
        var line = WaitingLine<String>(places: 30)
        for name in ["a1", "b1", "c1", "a2"] { line.append(name, owner: String(name.prefix(1))) }
        #expect(line.order(beside: ["a": 1, "b": 2]) == ["c1", "a1", "b1", "a2"])
        #expect(line.next(beside: ["a": 1, "b": 2]) == "c1")
        #expect(line.next(beside: ["a": 1, "b": 1, "c": 1]) == "a1")
        #expect(line.next(beside: ["a": 1, "b": 2, "c": 1]) == "a2", "though a was served last")
    }

    @Test func `one who fills the line keeps out only himself, and there is an end to newcomers, too`() {
        var line = WaitingLine<Int>(places: 3)
        for i in 0..<3 {
            #expect(line.hasRoom(for: "a"))
            line.append(i, owner: "a")
        }
        #expect(!line.hasRoom(for: "a"))
        for owner in ["b", "c", "d"] {
            #expect(line.hasRoom(for: owner))
            line.append(9, owner: owner)
        }
        #expect(!line.hasRoom(for: "e"))
        #expect(line.count == 6)
        line.remove { $0 == 9 }
        #expect(line.count == 3 && line.hasRoom(for: "e") && !line.hasRoom(for: "a"))
    }

    @Test func `what is put back is next`() {
        var line = WaitingLine<String>(places: 3)
        for name in ["a1", "b1"] { line.append(name, owner: String(name.prefix(1))) }
        let first = line.next()
        line.prepend(first ?? "", owner: "a")
        #expect(line.order() == ["a1", "b1"])
        line.append("a2", owner: "a")
        #expect(line.order() == ["a1", "b1", "a2"])
    }
}
