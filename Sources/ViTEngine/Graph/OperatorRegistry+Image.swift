import ViTKernel

extension OperatorRegistry {
  /// Operators over images and feature maps.
  static let imageOperators: [Entry] =
    resizing + pooling + normalization + blocks + convolutions + sampling

  private static let resizing: [Entry] = [
    Entry(
      name: "Resize", versions: [10, 11, 13, 18, 19], inputs: 1...4,
      earlierInputs: EarlierInputs(before: 11, count: 2...2),
      attributes: [
        "mode", AttributeName("coordinate_transformation_mode", since: 11),
        AttributeName("cubic_coeff_a", since: 11), AttributeName("exclude_outside", since: 11),
        AttributeName("extrapolation_value", since: 11), AttributeName("nearest_mode", since: 11),
        AttributeName("antialias", since: 18), AttributeName("axes", since: 18),
        AttributeName("keep_aspect_ratio_policy", since: 18),
      ], types: .numbers, kernel: .float32
    ) { attributes throws(EngineError) in
      attributes.since < 11
        ? .image(.scale(try scaling(attributes))) : .image(.resize(try resizing(attributes)))
    },
    Entry(
      name: "Upsample", versions: [7, 9], deprecatedSince: 10, inputs: 1...2,
      earlierInputs: EarlierInputs(before: 9, count: 1...1),
      attributes: ["mode", AttributeName("scales", until: 8)], types: .numbers, kernel: .float32
    ) { attributes throws(EngineError) in
      let parameters = try scaling(attributes)
      guard attributes.since < 9 else { return .image(.scale(parameters)) }
      guard let scales = try attributes.floats("scales") else {
        throw attributes.invalid("attribute scales is missing")
      }
      return .image(.scaleBy(scales, parameters))
    },
  ]

  /// Upsample and Resize 10, where coordinates are divided by the scale.
  private static func scaling(
    _ attributes: AttributeReader
  ) throws(EngineError) -> ResizeParameters {
    var parameters: ResizeParameters
    switch try attributes.string("mode") ?? "nearest" {
    case "nearest": parameters = ResizeParameters(mode: .nearestOfOldVersions)
    case "linear", "bilinear": parameters = ResizeParameters(mode: .linear)
    case let other: throw attributes.invalid("attribute mode is \"\(other)\"")
    }
    parameters.coordinates = .asymmetric
    return parameters
  }

  private static func resizing(
    _ attributes: AttributeReader
  ) throws(EngineError) -> ResizeParameters {
    var parameters: ResizeParameters
    switch try attributes.string("mode") ?? "nearest" {
    case "nearest":
      parameters = ResizeParameters(
        mode: .nearest(try choice("nearest_mode", .roundPreferFloor, attributes)))
    case "linear": parameters = ResizeParameters(mode: .linear)
    case "cubic":
      parameters = ResizeParameters(
        mode: .cubic(a: try attributes.float("cubic_coeff_a", default: -0.75)))
    case let other: throw attributes.invalid("attribute mode is \"\(other)\"")
    }
    parameters.coordinates = try choice("coordinate_transformation_mode", .halfPixel, attributes)
    parameters.antialias = try attributes.flag("antialias")
    parameters.axes = try attributes.ints("axes")
    parameters.aspect = try choice("keep_aspect_ratio_policy", .stretch, attributes)
    parameters.excludeOutside = try attributes.flag("exclude_outside")
    parameters.extrapolation = try attributes.float("extrapolation_value", default: 0)
    return parameters
  }

  /// An attribute whose values have names.
  private static func choice<Choice: RawRepresentable<String>>(
    _ name: String, _ fallback: Choice, _ attributes: AttributeReader
  ) throws(EngineError) -> Choice {
    guard let text = try attributes.string(name) else { return fallback }
    guard let choice = Choice(rawValue: text) else {
      throw attributes.invalid("attribute \(name) is \"\(text)\"")
    }
    return choice
  }

  /// The attributes of every sliding window.
  static let windowAttributes: [AttributeName] = [
    "auto_pad", "kernel_shape", "pads", "strides",
  ]

  private static let pooling: [Entry] = [
    Entry(
      name: "MaxPool", versions: [1, 8, 10, 11, 12, 22], inputs: 1...1,
      attributes: windowAttributes + [
        AttributeName("storage_order", since: 8), AttributeName("ceil_mode", since: 10),
        AttributeName("dilations", since: 10),
      ], types: .numbers, kernel: .float32
    ) { attributes throws(EngineError) in .image(.pool(.max, try window(attributes))) },
    Entry(
      name: "AveragePool", versions: [7, 10, 11, 19, 22], inputs: 1...1,
      attributes: windowAttributes + [
        "count_include_pad", AttributeName("ceil_mode", since: 10),
        AttributeName("dilations", since: 19),
      ], kernel: .float32
    ) { attributes throws(EngineError) in
      let countsPadding = try attributes.flag("count_include_pad")
      return .image(.pool(.average(countsPadding: countsPadding), try window(attributes)))
    },
    Entry(
      name: "LpPool", versions: [2, 11, 18, 22], inputs: 1...1,
      attributes: windowAttributes + [
        "p", AttributeName("ceil_mode", since: 18), AttributeName("dilations", since: 18),
      ]
    ) { attributes throws(EngineError) in
      .image(.pool(.lp(p: try attributes.int("p", default: 2)), try window(attributes)))
    },
    Entry(name: "GlobalMaxPool", versions: [1, 22], inputs: 1...1, kernel: .float32) { _ in
      .image(.pool(.max, PoolParameters()))
    },
    Entry(name: "GlobalAveragePool", versions: [1, 22], inputs: 1...1, kernel: .float32) { _ in
      .image(.pool(.average(countsPadding: false), PoolParameters()))
    },
    Entry(name: "GlobalLpPool", versions: [2, 22], inputs: 1...1, attributes: ["p"]) {
      attributes throws(EngineError) in
      .image(.pool(.lp(p: try attributes.int("p", default: 2)), PoolParameters()))
    },
  ]

  static func window(_ attributes: AttributeReader) throws(EngineError) -> PoolParameters {
    guard let kernel = try attributes.ints("kernel_shape"), !kernel.isEmpty else {
      throw attributes.invalid("attribute kernel_shape is missing")
    }
    var parameters = PoolParameters(kernel: kernel)
    parameters.dilations = try attributes.ints("dilations") ?? []
    parameters.pads = try attributes.ints("pads") ?? []
    parameters.strides = try attributes.ints("strides") ?? []
    parameters.autoPad = try autoPad(attributes)
    parameters.ceilMode = try attributes.flag("ceil_mode")
    parameters.columnMajor = try attributes.flag("storage_order")
    return parameters
  }

  private static let normalization: [Entry] = [
    Entry(
      name: "BatchNormalization", versions: [7, 9, 14, 15], inputs: 5...5,
      attributes: [
        "epsilon", "momentum", AttributeName("spatial", until: 8),
        AttributeName("training_mode", since: 14),
      ], kernel: .float32
    ) { attributes throws(EngineError) in
      let epsilon = try attributes.float("epsilon", default: 1e-5)
      let momentum = try attributes.float("momentum", default: 0.9)
      guard try attributes.flag("spatial", default: true) else {
        throw EngineError(
          .unsupported("BatchNormalization with spatial 0"), node: attributes.label)
      }
      // Before opset 14 whoever asks for the statistics trains.
      let trains = try attributes.flag("training_mode")
      let statistics = attributes.node.outputs.dropFirst()
      if trains || attributes.since < 14 && !statistics.allSatisfy(\.isEmpty) {
        return .image(.batchStatistics(epsilon: epsilon, momentum: momentum))
      }
      return .image(.batchNormalization(epsilon: epsilon))
    },
    Entry(
      name: "InstanceNormalization", versions: [6, 22], inputs: 3...3, attributes: ["epsilon"],
      kernel: .float32
    ) { attributes throws(EngineError) in
      .image(
        .groupNormalization(
          groups: nil, epsilon: try attributes.float("epsilon", default: 1e-5)))
    },
    Entry(
      name: "GroupNormalization", versions: [21], inputs: 3...3,
      attributes: ["epsilon", "num_groups", "stash_type"], kernel: .float32
    ) { attributes throws(EngineError) in
      .image(
        .groupNormalization(
          groups: try attributes.required("num_groups"),
          epsilon: try attributes.float("epsilon", default: 1e-5)))
    },
    Entry(
      name: "LRN", versions: [1, 13], inputs: 1...1, attributes: ["alpha", "beta", "bias", "size"]
    ) { attributes throws(EngineError) in
      .image(
        .localResponseNormalization(
          LocalResponseParameters(
            alpha: try attributes.float("alpha", default: 1e-4),
            beta: try attributes.float("beta", default: 0.75),
            bias: try attributes.float("bias", default: 1), size: try attributes.required("size"))))
    },
    Entry(
      name: "MeanVarianceNormalization", versions: [9, 13], inputs: 1...1, attributes: ["axes"]
    ) { attributes throws(EngineError) in
      .image(.meanVarianceNormalization(axes: try attributes.ints("axes") ?? [0, 2, 3]))
    },
    Entry(
      name: "LpNormalization", versions: [1, 22], inputs: 1...1, attributes: ["axis", "p"]
    ) { attributes throws(EngineError) in
      .image(
        .lpNormalization(
          axis: try attributes.int("axis", default: -1), p: try attributes.int("p", default: 2)))
    },
  ]

  private static let blocks: [Entry] = [
    Entry(
      name: "DepthToSpace", versions: [1, 11, 13, 28], inputs: 1...1,
      attributes: ["blocksize", AttributeName("mode", since: 11)], types: .all, kernel: .movement
    ) { attributes throws(EngineError) in
      .image(
        .depthToSpace(
          block: try attributes.required("blocksize"),
          columnsFirst: try takesColumnsFirst(attributes)))
    },
    Entry(
      name: "SpaceToDepth", versions: [1, 13, 28], inputs: 1...1,
      attributes: ["blocksize", AttributeName("mode", since: 28)], types: .all, kernel: .movement
    ) { attributes throws(EngineError) in
      .image(
        .spaceToDepth(
          block: try attributes.required("blocksize"),
          columnsFirst: try takesColumnsFirst(attributes)))
    },
    Entry(
      name: "CenterCropPad", versions: [18], inputs: 2...2, attributes: ["axes"], types: .all
    ) { attributes throws(EngineError) in
      .image(.centerCropPad(axes: try attributes.ints("axes")))
    },
  ]

  /// The `mode` of DepthToSpace and SpaceToDepth: depth-column-row or column-row-depth.
  private static func takesColumnsFirst(
    _ attributes: AttributeReader
  ) throws(EngineError) -> Bool {
    switch try attributes.string("mode") ?? "DCR" {
    case "DCR": return false
    case "CRD": return true
    case let other: throw attributes.invalid("attribute mode is \"\(other)\"")
    }
  }
}
