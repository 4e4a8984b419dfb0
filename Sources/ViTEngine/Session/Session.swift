import OnnxParse
import Synchronization
import ViTKernel

/// A model ready to run: decoded, its constants folded, compiled for each shape that is asked for.
///
/// Weights are packed once and shared by all shapes. A session may be used from several threads;
/// runs of one shape take turns.
public final class Session: Sendable {
  /// What the model takes.
  public let inputs: [ValueDescription]
  /// What it gives; `elementType` is what the file declares.
  public let outputs: [ValueDescription]
  /// Where it runs.
  public let executor: Executor
  /// How it was compiled.
  public let options: SessionOptions

  private let graph: OperatorGraph
  private let shapeInputs: Set<String>
  private let weights: SharedWeights
  private let plans = Mutex<[CachedPlan]>([])
  private let file: String?

  /// Plans kept for shapes seen before, the last used last.
  private static let planLimit = 8

  /// What a plan is compiled for.
  private struct Signature: Equatable {
    let shapes: [String: [Int]]
    /// Elements of the inputs that decide shapes.
    let values: [String: [UInt8]]
  }

  private struct CachedPlan {
    let signature: Signature
    let plan: Plan
  }

  /// Decodes `model` and computes what depends on no input.
  ///
  /// - Throws: ``EngineError`` naming the node that the engine can't run.
  public convenience init(
    model: Model, options: SessionOptions = SessionOptions()
  ) throws(EngineError) {
    try self.init(model: model, options: options, executor: options.makeExecutor())
  }

  /// As ``init(model:options:)``, on an executor that is shared with other sessions, and with
  /// `weights` that may be.
  public init(
    model: Model, options: SessionOptions = SessionOptions(), executor: Executor,
    weights: SharedWeights = SharedWeights()
  ) throws(EngineError) {
    self.options = options
    self.executor = executor
    self.weights = weights
    file = model.file
    let model = try Self.inlined(model)
    do {
      let built = try GraphBuilder.build(model, weights: weights)
      let folded = try Folding(extent: Folding.Extent(options.optimization)).apply(to: built)
      graph = options.optimization == .all ? BatchNormFusion.apply(to: folded) : folded
    } catch {
      throw error.in(file: model.file)
    }
    let graph = graph
    weights.packed.share(graph.values.compactMap(\.constant))
    shapeInputs = Set(ShapeInputs.find(in: graph).map { graph[$0].name })
    let constants = Set(model.graph.initializers.map(\.name))
    do {
      inputs = try Self.describe(model.graph.inputs.filter { !constants.contains($0.name) })
      outputs = try Self.describe(model.graph.outputs)
    } catch {
      throw error.in(file: model.file)
    }
  }

  /// The shapes of all inputs by name, with `batchSize` for each first dimension that the model
  /// leaves open and 1 for other open dimensions.
  ///
  /// - Throws: ``EngineError`` where the model does not say how many dimensions an input has, or
  ///   tensors of these shapes would not fit into memory.
  public func inputShapes(batchSize: Int = 1) throws(EngineError) -> [String: [Int]] {
    var shapes: [String: [Int]] = [:]
    var bytes = 0
    for input in inputs {
      let shape = try input.shape(batchSize: batchSize, file: file)
      bytes += shape.reduce(input.elementType.byteCount, *)
      shapes[input.name] = shape
      guard Layout.copies * bytes <= options.byteLimit else {
        throw EngineError(
          .memory(needed: Layout.copies * bytes, limit: options.byteLimit),
          node: "input \"\(input.name)\"", file: file)
      }
    }
    return shapes
  }

  /// The model compiled for inputs of `shapes`, by name; compiled once and kept for a few shapes.
  ///
  /// - Parameter values: The elements of inputs that decide shapes, such as the target of a Reshape;
  ///   other inputs may be among them, theirs are not looked at.
  /// - Throws: ``EngineError`` where a name or shape does not fit the model, or a node can't be run.
  public func prepare(
    _ shapes: [String: [Int]], values: [String: Tensor] = [:]
  ) throws(EngineError) -> Plan {
    let deciding = values.filter {
      shapeInputs.contains($0.key) && $0.value.count <= ShapeInputs.largestCount
    }
    let signature = Signature(
      shapes: shapes, values: deciding.mapValues { $0.withUnsafeBytes { [UInt8]($0) } })
    if let plan = cached(signature) { return plan }
    do {
      try check(shapes)
      return keep(try compiled(shapes, values: deciding), for: signature)
    } catch {
      throw error.in(file: file)
    }
  }

  /// A new plan. What the plans of other shapes hold counts against the limit of memory; those that were
  /// used the longest ago make room.
  private func compiled(
    _ shapes: [String: [Int]], values: [String: Tensor]
  ) throws(EngineError) -> Plan {
    while true {
      let held = plans.withLock { Self.bytes(of: $0) }
      let compiler = Compiler(
        executor: executor, optimization: options.optimization,
        memoryLimit: options.byteLimit - held)
      do {
        return try compiler.compile(
          graph, shapes: shapes, values: values, weights: WeightCache(over: weights.packed))
      } catch {
        guard case .memory(let needed, _) = error.kind, held > 0 else { throw error }
        plans.withLock { plans in
          while !plans.isEmpty, Self.bytes(of: plans) > options.byteLimit - needed {
            plans.removeFirst()
          }
        }
      }
    }
  }

  private static func bytes(of plans: [CachedPlan]) -> Int {
    plans.reduce(0) { $0 + $1.plan.arenaBytes }
  }

  /// Keeps `plan`, or gives the one that another thread has made meanwhile.
  private func keep(_ plan: Plan, for signature: Signature) -> Plan {
    plans.withLock { plans in
      if let known = plans.first(where: { $0.signature == signature }) { return known.plan }
      plans.append(CachedPlan(signature: signature, plan: plan))
      if plans.count > Self.planLimit { plans.removeFirst() }
      return plan
    }
  }

  /// Runs the model on `values` by input name and gives copies of all outputs by name.
  ///
  /// - Throws: ``EngineError`` where an input is missing, unknown, or of another type or shape than
  ///   the model takes, or a node fails on the data.
  public func run(_ values: [String: Tensor]) throws(EngineError) -> [String: Tensor] {
    for description in inputs {
      guard let value = values[description.name] else {
        throw EngineError(.input("input \"\(description.name)\" is missing"), file: file)
      }
      guard value.elementType == description.elementType else {
        throw EngineError(
          .input(
            "input \"\(description.name)\" is \(value.elementType); the model takes "
              + "\(description.elementType)"), file: file)
      }
    }
    let plan = try prepare(values.mapValues(\.shape), values: values)
    do {
      return declared(try plan.run(stored(values, for: plan)))
    } catch {
      throw error.in(file: file)
    }
  }

  /// The caller's tensors in the types that `plan` computes in.
  private func stored(_ values: [String: Tensor], for plan: Plan) -> [String: Tensor] {
    var stored = values
    for (name, tensor) in plan.inputs {
      stored[name] = values[name].map { Reference.cast($0, to: tensor.elementType) }
    }
    return stored
  }

  /// The results in the types that the model declares, where it computes in a wider one.
  private func declared(_ results: [String: Tensor]) -> [String: Tensor] {
    var declared = results
    for output in outputs where output.isTypeDeclared {
      guard let result = results[output.name] else { continue }
      let isStored = output.elementType.computed == result.elementType
      if isStored || output.elementType == .float64 && result.elementType == .float32 {
        // An infinity is what a Cast without saturation made of a number that is too large.
        declared[output.name] = Reference.cast(result, to: output.elementType, saturate: false)
      }
    }
    return declared
  }

  private static func inlined(_ model: Model) throws(EngineError) -> Model {
    var model = model
    do {
      try model.inlineFunctions()
    } catch {
      let fault = OnnxError(error.kind)
      throw EngineError(.invalid(fault.description), node: error.place, file: error.file)
    }
    return model
  }

  private func cached(_ signature: Signature) -> Plan? {
    plans.withLock { plans in
      guard let index = plans.firstIndex(where: { $0.signature == signature }) else { return nil }
      let known = plans.remove(at: index)
      plans.append(known)
      return known.plan
    }
  }

  private func check(_ shapes: [String: [Int]]) throws(EngineError) {
    for description in inputs {
      guard let shape = shapes[description.name] else {
        throw EngineError(.input("no shape for input \"\(description.name)\""))
      }
      try description.check(shape)
    }
    let known = Set(inputs.map(\.name))
    if let stranger = shapes.keys.sorted().first(where: { !known.contains($0) }) {
      let names = inputs.map { "\"\($0.name)\"" }.joined(separator: ", ")
      throw EngineError(.input("the model has no input \"\(stranger)\"; it takes \(names)"))
    }
  }

  private static func describe(
    _ values: [ValueInfo]
  ) throws(EngineError) -> [ValueDescription] {
    var result: [ValueDescription] = []
    for value in values {
      guard case .tensor(let number, let dimensions)? = value.type?.kind else {
        result.append(
          ValueDescription(
            name: value.name, elementType: .float32, dimensions: nil, isTypeDeclared: false))
        continue
      }
      guard let type = ElementType(onnx: number) else {
        throw ElementType.unsupported(number, "of \"\(value.name)\"")
      }
      result.append(
        ValueDescription(
          name: value.name, elementType: type, dimensions: dimensions, isTypeDeclared: true))
    }
    return result
  }
}

extension EngineError {
  /// The same error with the file that it concerns.
  func `in`(file: String?) -> EngineError {
    var error = self
    error.file = error.file ?? file
    return error
  }
}
