/// What dynamic quantization does to a model.
public struct QuantizationOptions: Sendable, Hashable {
  /// A named set of choices to start from.
  public enum Preset: String, Sendable, Hashable, Codable, CaseIterable {
    /// As ONNX Runtime's `quantize_dynamic`: MatMuls with a constant weight, per tensor; Add is
    /// left alone even where it is asked for.
    case ort
    /// As the harness of 2022 behind the published ViT cards: every MatMul, attention's products
    /// too, per tensor; Add is left alone even where it is asked for.
    case optimum2022 = "optimum-2022"
    /// The default: MatMuls with a constant weight, per channel; Add where it is asked for.
    case vitq
  }

  /// Which MatMuls are quantized.
  public enum MatMulScope: String, Sendable, Hashable, Codable, CaseIterable {
    /// Those whose second operand is an initializer.
    case constantOnly
    /// Those with two activations as well.
    case all
  }

  /// Where the choices came from; decides nothing by itself.
  public let preset: Preset
  /// The operators to quantize.
  public var operators: Set<QuantizedOperator>
  /// False where Add stays as it is although ``operators`` has it, as in ONNX Runtime's dynamic
  /// mode.
  public var rewritesAdd: Bool
  /// Which MatMuls.
  public var matMulScope: MatMulScope
  /// Groups of nodes to leave in fp32.
  public var excludedGroups: Set<NodeGroup> = []
  /// Where not empty: quantize only the nodes that one of these selects.
  public var includeNodes: [NodeSelector] = []
  /// Nodes to leave in fp32; stronger than ``includeNodes``.
  public var excludeNodes: [NodeSelector] = []
  /// Choices for single nodes, by name, or first output where a node has none. They beat all other
  /// options; where one can't be kept to, quantizing fails.
  public var nodeChoices: [String: NodeChoice] = [:]
  /// Which values of the activation of a MatMul with a constant weight share a scale; other
  /// activations always have one scale for the tensor.
  public var range = ActivationRange.tensor
  /// True to leave nodes without a choice of their own in fp32.
  public var choosesAllNodes = false
  /// True for one scale to each column of a weight, false for one to the whole tensor.
  public var perChannel: Bool
  /// The type that constants are stored in.
  public var weightType = WeightType.int8
  /// Equal ranges on both sides of zero; nil means so for int8 and not for uint8, as in ONNX
  /// Runtime.
  public var symmetric: Bool?
  /// 7-bit weights, for processors whose u8 by s8 products saturate at 16 bits.
  public var reduceRange = false

  /// The choices of `preset`.
  public init(preset: Preset = .vitq) {
    self.preset = preset
    operators = preset == .optimum2022 ? [.matMul, .add] : [.matMul]
    rewritesAdd = preset == .vitq
    matMulScope = preset == .optimum2022 ? .all : .constantOnly
    perChannel = preset == .vitq
  }

  /// How a constant second operand of a MatMul is stored.
  public var weightQuantization: WeightQuantization {
    WeightQuantization(
      type: weightType, symmetric: symmetric ?? (weightType == .int8), reduceRange: reduceRange)
  }

  /// How a constant first operand of a MatMul is stored: as an activation is, in uint8. Like ONNX
  /// Runtime, it follows ``symmetric`` only where weights are uint8 too, and never reduces the
  /// range.
  public var constantActivationQuantization: WeightQuantization {
    WeightQuantization(
      type: .uint8, symmetric: weightType == .uint8 && symmetric == true)
  }

  /// How a constant input of an Add is stored; no product is taken of it, so its range is whole.
  public var addendQuantization: WeightQuantization {
    WeightQuantization(type: weightType, symmetric: symmetric ?? (weightType == .int8))
  }
}
