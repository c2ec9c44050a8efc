import CKernels
import KernelTwins
import Testing

/// Every kernel table that this machine can run, against the plain loops, on sizes around the edges of vectors and tiles.
struct KernelTests {
    static let tables = Array((0..<8).prefix { unsafe glm_kernels_available($0) != nil })

    @Test(arguments: tables, 0..<glm_twin_count())
    func `a fast kernel agrees with its scalar twin`(table: Int, twin: Int) throws {
        let kernels = try unsafe #require(glm_kernels_available(table))
        let difference = unsafe glm_twin_difference(twin, kernels)
        let names = unsafe (String(cString: kernels.pointee.name), String(cString: glm_twin_name(twin)))
        #expect(difference <= 1, "\(names.0), \(names.1): \(difference) times what rounding allows")
    }

    @Test func `the scalar table is always there, and last`() throws {
        let last = try #require(Self.tables.last)
        let name = try unsafe String(cString: #require(glm_kernels_available(last)).pointee.name)
        #expect(name == "scalar")
        #expect(unsafe glm_kernels_available(1000) == nil)
    }
}
