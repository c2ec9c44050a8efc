import Tensors
import Weights

/// In how many bits each matrix of a model is packed.
///
/// At 8 bits all of them are in 8. At 4 bits the layers of the language model are in 4, which are most of the weights and
/// what is read for each token; the tower, the embedding and the head stay in 8 (docs/decisions/0020).
enum PackingPlan {
    static func format(
        of name: String,
        shape: [Int],
        at precision: Precision,
        vision: VisionConfiguration
    ) -> Matrix.Format? {
        guard let format = precision.format, shape.count > 1, !name.hasSuffix("position_embedding.weight") else {
            return nil
        }
        // The tower cuts Q, K and V apart, which must be whole strips.
        let isWhole = vision.hiddenSize.isMultiple(of: format.rowsPerStrip)
        guard isWhole || !name.hasSuffix("attn.qkv.weight") else { return nil }
        return name.hasPrefix("model.language_model.layers.") ? format : .q8
    }
}
