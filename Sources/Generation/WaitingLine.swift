/// Who waits for the engine: owners take turns, and each owner's own come in the order in which they came. Where many are
/// served at once, owners of whom fewer are go first.
///
/// It has so many places. An owner who has nothing in it is let in beyond them (up to as many again), so that one who
/// fills the line keeps out only himself.
struct WaitingLine<Element> {
    let places: Int
    private var owners: [(name: String, waiting: [Element])] = []
    private var served: String?

    init(places: Int) { self.places = places }

    var count: Int { owners.reduce(0) { $0 + $1.waiting.count } }
    var isEmpty: Bool { owners.isEmpty }

    func hasRoom(for owner: String) -> Bool {
        let isKnown = owners.contains { $0.name == owner }
        return count < (isKnown ? places : 2 * places)
    }

    mutating func append(_ element: Element, owner: String) {
        if let i = owners.firstIndex(where: { $0.name == owner }) {
            owners[i].waiting.append(element)
        } else {
            owners.append((owner, [element]))
        }
    }

    /// Puts back what was taken too early.
    mutating func prepend(_ element: Element, owner: String) {
        if let i = owners.firstIndex(where: { $0.name == owner }) {
            owners[i].waiting.insert(element, at: 0)
        } else {
            owners.insert((owner, [element]), at: 0)
        }
        if served == owner { served = nil }
    }

    /// Takes who is next, while so many of each owner are served: nobody is served twice in a row while others wait, nor has
    /// two served at once while one who has none waits.
    mutating func next(beside running: [String: Int] = [:]) -> Element? {
        guard !owners.isEmpty else { return nil }
        if owners[0].name == served, owners.count > 1 { owners.append(owners.removeFirst()) }
        let counts = owners.map { running[$0.name, default: 0] }
        guard let fewest = counts.min(), let first = counts.firstIndex(of: fewest) else { return nil }
        var owner = owners.remove(at: first)
        let element = owner.waiting.removeFirst()
        if !owner.waiting.isEmpty { owners.append(owner) }
        served = owner.name
        return element
    }

    mutating func remove(where isLeaving: (Element) -> Bool) {
        for i in owners.indices { owners[i].waiting.removeAll(where: isLeaving) }
        owners.removeAll { $0.waiting.isEmpty }
    }

    /// All in the order in which they will be served if nobody comes or leaves.
    func order(beside running: [String: Int] = [:]) -> [Element] {
        var (copy, running, order) = (self, running, [Element]())
        while let element = copy.next(beside: running) {
            order.append(element)
            if let owner = copy.served { running[owner, default: 0] += 1 }
        }
        return order
    }
}
