import TestSupport
import Testing

@testable import Tensors

/// What a row of a result is does not depend on the rows that come with it, to the last bit: a prompt may be read in any
/// pieces, a token at a time at the end, and what was kept of an earlier one is what it would be anew.
struct RowTests {
    private func numbers(_ rows: Int, _ columns: Int, _ seed: UInt32) -> Tensor {
        var state = seed
        return Tensor(
            rows: rows,
            columns: columns,
            (0..<rows * columns).map { _ in
                state = state &* 1_664_525 &+ 1_013_904_223
                return Float(Int32(bitPattern: state)) * 0x1p-30
            }
        )
    }

    private func expectSame(
        _ x: borrowing Tensor,
        _ what: String,
        at location: SourceLocation = #_sourceLocation,
        _ operation: (borrowing Tensor) -> Tensor
    ) {
        let whole = operation(x)
        for size in [1, 2, 3, 5, 16] {
            for start in stride(from: 0, to: x.rows, by: size) {
                let range = start..<min(start + size, x.rows)
                let part = operation(x[range])
                #expect(part.elements == whole[range].elements, "\(what), rows \(range)", sourceLocation: location)
            }
        }
    }

    @Test(arguments: [(64, 64), (7, 130), (301, 96), (50, 2100)])
    func `linear layers`(columns: Int, depth: Int) {
        let weight = Matrix(rows: columns, columns: depth, elements: numbers(columns, depth, 1).elements)
        let layer = Linear(weight: weight, bias: numbers(1, columns, 2).elements)
        expectSame(numbers(137, depth, 3), "[\(columns), \(depth)]") { layer($0) }
    }

    @Test func `norms and activations`() {
        let norm = RMSNorm(weight: numbers(1, 130, 1).elements, epsilon: 1e-5)
        expectSame(numbers(37, 130, 2), "RMSNorm") { norm($0) }
        expectSame(numbers(37, 260, 3), "SwiGLU") { swiglu($0) }
    }

    @Test(arguments: [(4, 2, 16), (6, 2, 32), (8, 1, 24), (16, 1, 128)], [KVCache.Format.f32, .f16, nil])
    func `attention over what was read before`(_ shape: (heads: Int, shared: Int, size: Int), format: KVCache.Format?) {
        let (heads, shared, size) = shape
        let (tokens, columns) = (150, shared * size)
        let q = numbers(tokens, heads * size, 1)
        let k = numbers(tokens, columns, 2)
        let v = numbers(tokens, columns, 3)
        func attend(by piece: Int) -> [Float] {
            let format = format ?? .compact(headSize: size)
            var cache = KVCache(layers: 1, heads: shared, headSize: size, format: format)
            var rows: [Float] = []
            while cache.count < tokens {
                let range = cache.count..<min(cache.count + piece, tokens)
                cache.reserve(range.upperBound)
                cache.append(keys: k[range], values: v[range], layer: 0)
                rows += attention(q[range], cache, layer: 0).elements
                cache.advance(by: range.count)
            }
            return rows
        }
        let whole = attend(by: tokens)
        for piece in [1, 2, 7, 64, 100] { #expect(attend(by: piece) == whole, "pieces of \(piece)") }
    }

    @Test func `a cache in f16 holds the nearest halves, and its largest for what is beyond`() {
        let whole: [Float] = [1, -2.5, 0, 1 / 3, 1e-5, 65_503, 1e30, -.infinity]
        let halves: [Float] = [1, -2.5, 0, 0.33325195, 1.001358e-5, 65_504, 65_504, -65_504]
        func attend(_ values: [Float], _ format: KVCache.Format) -> [Float] {
            var cache = KVCache(layers: 1, heads: 1, headSize: 8, format: format, capacity: 1)
            let row = Tensor(rows: 1, columns: 8, values)
            cache.append(keys: row, values: row, layer: 0)
            return attention(Tensor(rows: 1, columns: 8), cache, layer: 0).elements
        }
        #expect(attend(whole, .f16) == halves)
        #expect(attend(halves, .f32) == halves)
        #expect(KVCache.bytesPerToken(layers: 3, heads: 2, headSize: 4, format: .f16) == 96)
        #expect(KVCache.bytesPerToken(layers: 3, heads: 2, headSize: 4, format: .codes) == 144)
    }

    @Test(arguments: [KVCache.Format.f32, .f16, .compact(headSize: 32)])
    func `a cache that grew, was copied and went back holds what it held`(format: KVCache.Format) {
        let (heads, size) = (2, 32)
        let k = numbers(90, heads * size, 1)
        let v = numbers(90, heads * size, 2)
        func fill(_ cache: inout KVCache, to count: Int) {
            while cache.count < count {
                let row = cache.count..<cache.count + 1
                cache.reserve(row.upperBound)
                for layer in 0..<3 { cache.append(keys: k[row], values: v[row], layer: layer) }
                cache.advance(by: 1)
            }
        }
        func makeCache(_ capacity: Int = 0) -> KVCache {
            KVCache(layers: 3, heads: heads, headSize: size, format: format, capacity: capacity)
        }
        var cache = makeCache()
        let bytesPerToken = KVCache.bytesPerToken(layers: 3, heads: heads, headSize: size, format: format)
        fill(&cache, to: 90)
        #expect(cache.bytes >= 90 * bytesPerToken)
        cache.rewind(to: 40)
        var copy = cache.prefix(33)
        #expect(copy.bytes == (format == .codes ? 34 : 33) * bytesPerToken)
        fill(&copy, to: 60)
        fill(&cache, to: 60)
        var fresh = makeCache(60)
        fill(&fresh, to: 60)
        let q = numbers(1, 2 * heads * size, 3)
        for layer in 0..<3 {
            copy.rewind(to: 59)
            cache.rewind(to: 59)
            fresh.rewind(to: 59)
            let expected = attention(q, fresh, layer: layer).elements
            #expect(attention(q, copy, layer: layer).elements == expected)
            #expect(attention(q, cache, layer: layer).elements == expected)
        }
    }

    @Test func `keys and values in codes answer as they would in f32, to a part in a thousand`() throws {
        let (heads, size, tokens) = (2, 64, 77)
        let format = KVCache.Format.compact(headSize: size)
        let k = numbers(tokens, heads * size, 1)
        let v = numbers(tokens, heads * size, 2)
        let q = numbers(tokens, 8 * size, 3)
        func attend(_ format: KVCache.Format) -> Tensor {
            var cache = KVCache(layers: 1, heads: heads, headSize: size, format: format, capacity: tokens)
            cache.append(keys: k, values: v, layer: 0)
            return attention(q, cache, layer: 0)
        }
        expectClose(attend(format), attend(.f32), within: 1e-3)
    }
}
