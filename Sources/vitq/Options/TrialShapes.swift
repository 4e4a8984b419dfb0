import OnnxParse

/// The shapes of a model's inputs where it is run without a caller's data: what was given, else what
/// the model declares, else what is known of its images.
struct TrialShapes: CustomStringConvertible {
  private let inputs: [(name: String, shape: [Int])]

  /// The shapes for `model`, which was read from `location`.
  ///
  /// - Parameter batchSize: Stands for a first dimension that is open.
  init(
    of model: Model, in location: ModelLocation, given: [NamedShape], batchSize: Int = 1
  ) throws(CommandError) {
    let constants = Set(model.graph.initializers.map(\.name))
    let values = model.graph.inputs.filter { !constants.contains($0.name) }
    let given = Dictionary(
      uniqueKeysWithValues: try NamedShape.assign(given, to: values.map(\.name), kind: "input"))
    var inputs: [(name: String, shape: [Int])] = []
    for value in values {
      guard case .tensor(_, let declared)? = value.type?.kind else { continue }
      if let shape = given[value.name] {
        try Self.check(shape, value.name, fits: declared)
        inputs.append((value.name, shape.sizes))
      } else {
        let patches = PatchConvolution(over: value.name, in: model.graph)
        let isImage = patches != nil || values.count == 1 && declared?.count == 4
        let guess = ImageGuess(of: location, patches: patches)
        guard let declared = declared ?? (isImage ? Array(repeating: .unknown, count: 4) : nil)
        else {
          throw CommandError(
            "\(location.model): no shape is known for input \"\(value.name)\"; give one: "
              + "--shape \(value.name)=1x3x224x224")
        }
        let fallbacks =
          isImage ? [batchSize, guess.channels, guess.height, guess.width] : [batchSize]
        inputs.append((value.name, Self.close(declared, with: fallbacks)))
      }
    }
    self.inputs = inputs
  }

  /// Such as `pixel_values=1x3x224x224`.
  var description: String {
    inputs.map { "\($0.name)=\(Shape($0.shape))" }.joined(separator: ", ")
  }

  /// The first input's first dimension: the images in a batch.
  var batchSize: Int { inputs.first?.shape.first ?? 1 }

  /// `model` with inputs that are declared to have these shapes.
  func fixing(_ model: Model) -> Model {
    var model = model
    for index in model.graph.inputs.indices {
      let input = model.graph.inputs[index]
      guard let shape = inputs.first(where: { $0.name == input.name })?.shape,
        case .tensor(let elementType, _)? = input.type?.kind
      else { continue }
      model.graph.inputs[index].type = TypeProto(
        kind: .tensor(elementType: elementType, dims: shape.map { .size(Int64($0)) }))
    }
    return model
  }

  private static func close(_ dimensions: [Dimension], with fallbacks: [Int]) -> [Int] {
    dimensions.enumerated().map { index, dimension in
      if case .size(let size) = dimension { return Int(size) }
      return index < fallbacks.count ? fallbacks[index] : 1
    }
  }

  private static func check(
    _ shape: Shape, _ name: String, fits declared: [Dimension]?
  ) throws(CommandError) {
    guard let declared else { return }
    let fits =
      shape.sizes.count == declared.count
      && zip(shape.sizes, declared).allSatisfy { size, dimension in
        if case .size(let expected) = dimension { return Int64(size) == expected }
        return true
      }
    guard fits else {
      throw CommandError("--shape \(name)=\(shape): the model takes \(declared.text)")
    }
  }
}
