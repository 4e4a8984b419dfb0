import OnnxParse
import Quant
import ViTEngine
import ViTKernel

/// Measures what dynamic quantization does at one MatMul, Gemm or Add, image by image.
///
/// The node is cut out of its model with the constants that it reads and is compiled as it is, with
/// constants alone and with activations alone quantized, and as the quantizer writes it. So the
/// numbers are those of the engine and of the quantizer.
public struct NodeProbe: Sendable {
  /// The node's name, or its first output where it has none.
  public let label: String
  /// The names of the activations that it reads, in its order; all are float32.
  public let inputs: [String]
  /// On how many images saturation is counted in a measurement.
  public let saturationImages: Int

  private let output: String
  private let fp32: Session
  /// Nil where the node has no constant that is quantized.
  private let weightsOnly: Session?
  private let activationsOnly: Session
  private let both: Session
  private let saturation: SaturationProbe?
  private let weightClipping: Clipping?

  /// Compiles node `position` of the main graph of the fp32 `model`.
  ///
  /// - Parameters:
  ///   - options: How to quantize. The node itself is quantized whatever operators, groups, selectors
  ///     and scope they have; a Gemm's bias only where they ask for Add.
  ///   - saturationImages: On how many images to count saturation, which costs two more products.
  ///   - session: How to compile.
  ///   - executor: Where to run; may be shared with other sessions.
  ///   - weights: Packed weights; shared with sessions of the same model, they are packed once.
  ///   - constants: Quantized constants, shared with the quantizer of the whole model likewise.
  /// - Throws: ``NodeProbeError`` where the node can't be quantized, read or run.
  public init(
    model: Model, node position: Int, options: QuantizationOptions = QuantizationOptions(),
    saturationImages: Int = 8, session: SessionOptions = SessionOptions(), executor: Executor,
    weights: SharedWeights = SharedWeights(), constants: QuantizedConstants? = nil
  ) throws(NodeProbeError) {
    let node = try OneNodeModel(of: model, at: position)
    label = node.label
    inputs = node.inputs
    output = node.output
    self.saturationImages = saturationImages
    let quantized = try Self.quantize(node, options, constants)
    var own: [NodeConstant] = []
    for constant in quantized.constants {
      if let read = try NodeConstant(constant, in: quantized.model) { own.append(read) }
    }
    do throws(EngineError) {
      func compile(_ model: Model, _ weights: SharedWeights) throws(EngineError) -> Session {
        try Session(model: model, options: session, executor: executor, weights: weights)
      }
      fp32 = try compile(node.model, weights)
      // Its weights are of no use to others, who would keep them.
      weightsOnly = own.isEmpty ? nil : try compile(node.replacing(own), SharedWeights())
      activationsOnly = try compile(node.quantizingInputs(), weights)
      both = try compile(quantized.model, weights)
    } catch {
      throw .engine(error)
    }
    weightClipping = try Self.clipping(of: own)
    do {
      saturation = try SaturationProbe(of: node, own, executor: executor)
    } catch {
      throw .kernel(node: node.label, error)
    }
  }

  private static func quantize(
    _ node: OneNodeModel, _ options: QuantizationOptions, _ constants: QuantizedConstants?
  ) throws(NodeProbeError) -> (model: Model, constants: [QuantizedConstant]) {
    var own = options
    own.includeNodes = []
    own.excludeNodes = []
    own.excludedGroups = []
    own.matMulScope = .all
    switch node.opType {
    case "Add":
      own.operators = [.add]
      own.rewritesAdd = true
    case "Gemm": own.operators.insert(.matMul)
    default: own.operators = [.matMul]
    }
    let result: (model: Model, plan: QuantizationPlan, constants: [QuantizedConstant])
    do {
      result = try DynamicQuantizer(options: own, constants: constants)
        .quantizeListingConstants(node.model)
    } catch {
      throw .quantization(error)
    }
    guard result.plan.quantizedCount > 0 else {
      throw .unsuitable(node: node.label, reason: result.plan.entries.last?.reason ?? "")
    }
    return (result.model, result.constants)
  }

  private static func clipping(of constants: [NodeConstant]) throws(NodeProbeError) -> Clipping? {
    guard !constants.isEmpty else { return nil }
    var clipping = Clipping()
    for constant in constants {
      do {
        clipping.merge(try constant.clipping())
      } catch {
        throw .model(error)
      }
    }
    return clipping
  }

  /// The measurement of no image.
  public var empty: NodeMeasurement {
    NodeMeasurement(weightClipping: weightClipping, saturation: saturation?.empty)
  }

  /// Measures one image, or a batch as one, and adds it to `measurement`, which began as ``empty``.
  ///
  /// - Parameters:
  ///   - reference: The node's inputs by name as they are in a run of the fp32 model; others may be
  ///     among them.
  ///   - perturbed: The same as they are in a run of the quantized model.
  /// - Throws: ``NodeProbeError`` where an input is missing, not float32 or not finite, or the node
  ///   can't be run on it. The measurement is then as it was.
  public func measure(
    _ reference: [String: Tensor], perturbed: [String: Tensor]? = nil,
    into measurement: inout NodeMeasurement
  ) throws(NodeProbeError) {
    let reference = try own(reference)
    let expected = try run(fp32, reference)
    let quantized = try run(both, reference)
    var image = empty
    image.images = 1
    image.local.both = try compare(expected, quantized)
    image.local.activations = try compare(expected, run(activationsOnly, reference))
    if let weightsOnly {
      image.local.weights = try compare(expected, run(weightsOnly, reference))
    }
    for (name, tensor) in reference {
      image.inputs[name] = InputStatistics(
        tensor.elements(), channels: max(1, tensor.shape.last ?? 1))
    }
    if let perturbed {
      image.propagated = try propagated(try own(perturbed), expected: expected)
    }
    let counted = measurement.saturation?.images ?? 0
    if let saturation, counted < saturationImages, let x = reference[saturation.input] {
      do {
        image.saturation = try saturation.count(x, output: quantized)
      } catch {
        throw .kernel(node: label, error)
      }
    }
    measurement.merge(image)
  }

  private func propagated(
    _ perturbed: [String: Tensor], expected: [Float]
  ) throws(NodeProbeError) -> NodeMeasurement.Propagated {
    let plain = try run(fp32, perturbed)
    let quantized = try run(both, perturbed)
    return NodeMeasurement.Propagated(
      images: 1, inherited: try compare(expected, plain), created: try compare(plain, quantized),
      total: try compare(expected, quantized))
  }

  /// The node's own inputs among `tensors`.
  private func own(_ tensors: [String: Tensor]) throws(NodeProbeError) -> [String: Tensor] {
    var own: [String: Tensor] = [:]
    for name in inputs {
      guard let tensor = tensors[name] else {
        throw .input(node: label, reason: "input \"\(name)\" is missing")
      }
      guard tensor.elementType == .float32 else {
        throw .input(
          node: label, reason: "input \"\(name)\" is \(tensor.elementType), not float32")
      }
      guard tensor.elements(of: Float.self).allSatisfy(\.isFinite) else {
        throw .input(node: label, reason: "input \"\(name)\" has values that are not finite")
      }
      own[name] = tensor
    }
    return own
  }

  private func run(
    _ session: Session, _ tensors: [String: Tensor]
  ) throws(NodeProbeError) -> [Float] {
    do {
      return try session.run(tensors)[output]?.elements() ?? []
    } catch {
      throw .engine(error)
    }
  }

  private func compare(
    _ reference: [Float], _ values: [Float]
  ) throws(NodeProbeError) -> ErrorSums {
    guard let sums = ErrorSums(reference: reference, values: values) else {
      throw .input(node: label, reason: "the inputs of the two runs have different shapes")
    }
    guard sums.signal.isFinite, sums.noise.isFinite else {
      throw .input(node: label, reason: "its output has values that are not finite")
    }
    return sums
  }
}
