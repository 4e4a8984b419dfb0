/// Which nodes of a model are quantized and how, as a file that can be kept, edited and given back:
/// the same plan for the same model makes the same quantized model, byte for byte.
///
/// Nodes that it does not list stay in fp32.
public struct PlanFile: Sendable, Equatable {
  /// The format that this library reads and writes.
  public static let schema = "vitq.plan/1"

  /// What holds for all nodes.
  public struct Options: Sendable, Equatable {
    /// Where the choices came from; decides nothing by itself.
    public var preset: QuantizationOptions.Preset
    /// The operators that were quantized. With Add among them, the bias of a Gemm that is quantized goes
    /// through 8 bits as well.
    public var operators: Set<QuantizedOperator>
    /// ``QuantizationOptions/perChannel`` for nodes that don't say.
    public var perChannel: Bool
    /// ``QuantizationOptions/range`` for nodes that don't say.
    public var range: ActivationRange
    /// The type that constants are stored in.
    public var weightType: WeightType
    /// ``QuantizationOptions/symmetric``.
    public var symmetric: Bool?
    /// ``QuantizationOptions/reduceRange``.
    public var reduceRange: Bool
  }

  /// One node of the main graph.
  public struct Entry: Sendable, Equatable {
    /// Its name, or its first output where it has none.
    public var name: String
    /// What is done to it.
    public var choice: NodeChoice

    /// `choice` for the node `name`.
    public init(name: String, choice: NodeChoice) {
      self.name = name
      self.choice = choice
    }
  }

  /// SHA-256 of the model's file in hexadecimal digits, where it was known; not looked at here.
  public var modelDigest: String?
  /// What holds for all nodes.
  public var options: Options
  /// The nodes, each name once.
  public var nodes: [Entry]

  /// What `plan` did under `options`, with every node that could be quantized.
  ///
  /// - Throws: ``QuantizationError/ambiguousName(_:)``.
  public init(
    _ plan: QuantizationPlan, options: QuantizationOptions, modelDigest: String? = nil
  ) throws(QuantizationError) {
    self.modelDigest = modelDigest
    self.options = Options(options)
    nodes = []
    var places: [String: Int] = [:]
    for entry in plan.entries where entry.scope.isEmpty && entry.isQuantizable {
      let isQuantized = !entry.quantized.isEmpty
      let choice = NodeChoice(
        quantize: isQuantized, perChannel: isQuantized ? entry.perChannel : nil,
        range: entry.range)
      if let place = places[entry.name] {
        guard nodes[place].choice == choice else { throw .ambiguousName(entry.name) }
      } else {
        places[entry.name] = nodes.count
        nodes.append(Entry(name: entry.name, choice: choice))
      }
    }
  }

  init(modelDigest: String?, options: Options, nodes: [Entry]) {
    self.modelDigest = modelDigest
    self.options = options
    self.nodes = nodes
  }

  /// The options that do what the file says.
  public var quantizationOptions: QuantizationOptions {
    var result = QuantizationOptions(preset: options.preset)
    result.operators = options.operators
    result.rewritesAdd = options.operators.contains(.add)
    result.perChannel = options.perChannel
    result.range = options.range
    result.weightType = options.weightType
    result.symmetric = options.symmetric
    result.reduceRange = options.reduceRange
    result.choosesAllNodes = true
    result.nodeChoices = Dictionary(
      nodes.map { ($0.name, $0.choice) }, uniquingKeysWith: { first, _ in first })
    return result
  }
}

extension PlanFile.Options {
  /// What of `options` holds for all nodes.
  init(_ options: QuantizationOptions) {
    self.init(
      preset: options.preset,
      operators: options.rewritesAdd ? options.operators : options.operators.subtracting([.add]),
      perChannel: options.perChannel, range: options.range, weightType: options.weightType,
      symmetric: options.symmetric, reduceRange: options.reduceRange)
  }
}
