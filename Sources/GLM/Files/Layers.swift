import Tensors
import Weights

extension Linear {
    /// A linear layer of the checkpoint, with a bias only where the model has one.
    init(_ weights: WeightScope, from inputs: Int, to outputs: Int, hasBias: Bool = false) throws(WeightsError) {
        self.init(
            weight: try weights.matrix("weight", shape: [outputs, inputs]),
            bias: hasBias ? try weights.vector("bias", count: outputs) : nil
        )
    }
}

extension RMSNorm {
    /// A norm of the checkpoint over `channels`.
    init(_ weights: WeightScope, _ channels: Int, _ epsilon: Float) throws(WeightsError) {
        self.init(weight: try weights.vector("weight", count: channels), epsilon: epsilon)
    }
}
