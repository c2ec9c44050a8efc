/// Python's `round(x, 2)`: the nearest hundredth to the exact binary value, ties to even.
func roundedToHundredths(_ x: Double) -> Double {
    guard x.magnitude < 0x1p45 else { return x }  // no fraction worth rounding, and the steps below stay exact
    let product = 100 * x
    let error = (-product).addingProduct(100, x)  // product + error is 100 x, exactly
    var nearest = product.rounded(.toNearestOrEven)
    let rest = product - nearest
    if rest == 0.5 && error > 0 { nearest += 1 }
    if rest == -0.5 && error < 0 { nearest -= 1 }
    return nearest / 100
}

/// Python's `repr` of a time in seconds: the shortest digits that give the number back, `0.0`, `1.1`, `9.97`.
package func shortestRepr(_ seconds: Double) -> String {
    seconds.description
}
