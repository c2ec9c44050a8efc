internal import CKernels

/// What this machine can do at most with all its threads, measured now: what speeds are shares of.
package struct MachineLimits: Sendable {
    /// The instruction set whose kernels run here.
    package let kernels: String
    package let threads: Int
    /// Bytes of memory a second, when all threads read.
    package let bytesRead: Double
    /// Additions and multiplications a second, in 32-bit floats and with weights of 8 and of 4 bits.
    package let floats, q8, q4: Double

    /// Takes about a second, and 512 MB of memory meanwhile.
    package static func measure() -> MachineLimits {
        MachineLimits(
            kernels: unsafe String(cString: Tensors.kernels.name),
            threads: Threads.count,
            bytesRead: readBandwidth(),
            floats: peak(glm_f32),
            q8: peak(glm_q8),
            q4: peak(glm_q4)
        )
    }

    private static let attempts = 3  // of which the best counts: the others were disturbed

    private static func best(_ attempt: () -> Double) -> Double { (0..<attempts).map { _ in attempt() }.max() ?? 0 }

    private static func readBandwidth() -> Double {
        let memory = Tensor(rows: 1024, columns: 1 << 17)  // far more than a cache holds
        let rowBytes = memory.columns * MemoryLayout<Float>.stride
        let start = unsafe UnsafeRawPointer(memory.pointer)
        return best {
            let time = ContinuousClock().measure {
                parallel(memory.rows, grain: 8, work: .max) { rows in
                    _ = unsafe glm_read(start + rows.lowerBound * rowBytes, rows.count * rowBytes)
                }
            }
            return Double(memory.rows * rowBytes) / (time / .seconds(1))
        }
    }

    private static func peak(_ format: glm_format) -> Double {
        let (tasks, rounds) = (64 * Threads.count, 40_000)
        return best {
            let time = ContinuousClock().measure {
                parallel(tasks, grain: 1, work: .max) { some in
                    for _ in some {
                        var sum = 0.0
                        _ = unsafe Tensors.kernels.peak(&sum, format, rounds)
                    }
                }
            }
            var sum = 0.0
            let operations = unsafe Tensors.kernels.peak(&sum, format, rounds) * Double(tasks)
            return operations / (time / .seconds(1))
        }
    }
}
