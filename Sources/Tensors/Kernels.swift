internal import CKernels

/// The fastest kernels that this machine runs: a table that nobody writes.
@safe nonisolated(unsafe) let kernels: glm_kernels = unsafe glm_kernels_available(0)?.pointee ?? glm_kernels_scalar
