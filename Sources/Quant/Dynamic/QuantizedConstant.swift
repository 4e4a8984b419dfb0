import OnnxParse

/// A constant that the quantizer stored in 8 bits.
package struct QuantizedConstant: Sendable {
  /// The constant, under the name by which the node read it.
  package let original: TensorProto
  /// True where its transpose was stored: the weight of a Gemm with transB.
  package let isTransposed: Bool
  /// Names of the new initializers.
  package let values: String
  package let scale: String
  package let zeroPoint: String
}
