import ViTKernel

extension OperatorRegistry {
  /// Operators that look at shapes or give elements another one.
  static let shapes: [Entry] = [
    Entry(
      name: "Constant", versions: [11, 12, 13, 19, 21], inputs: 0...0,
      attributes: [
        "value", "sparse_value", AttributeName("value_float", since: 12),
        AttributeName("value_floats", since: 12), AttributeName("value_int", since: 12),
        AttributeName("value_ints", since: 12), AttributeName("value_string", since: 12),
        AttributeName("value_strings", since: 12),
      ]
    ) {
      attributes throws(EngineError) in
      .constant(try constantValue(attributes))
    },
    Entry(name: "Identity", versions: [1, 13, 14, 16, 19, 21], inputs: 1...1) { _ in .identity },
    Entry(
      name: "Dropout", versions: [10, 12, 13], inputs: 1...3,
      earlierInputs: EarlierInputs(before: 12, count: 1...1),
      attributes: [AttributeName("ratio", until: 10), AttributeName("seed", since: 12)]
    ) { _ in .dropout },
    Entry(
      name: "Shape", versions: [1, 13, 15, 19, 21], inputs: 1...1,
      attributes: [AttributeName("start", since: 15), AttributeName("end", since: 15)]
    ) {
      attributes throws(EngineError) in
      .shape(start: try attributes.int("start", default: 0), end: try attributes.int("end"))
    },
    Entry(name: "Size", versions: [1, 13, 19, 21], inputs: 1...1) { _ in .size },
    Entry(
      name: "Reshape", versions: [5, 13, 14, 19, 21], inputs: 2...2,
      attributes: [AttributeName("allowzero", since: 14)]
    ) {
      attributes throws(EngineError) in
      .reshape(allowZero: try attributes.int("allowzero", default: 0) != 0)
    },
    Entry(
      name: "Squeeze", versions: [11, 13, 21], inputs: 1...2,
      earlierInputs: EarlierInputs(before: 13, count: 1...1),
      attributes: [AttributeName("axes", until: 11)]
    ) {
      attributes throws(EngineError) in
      .squeeze(axes: attributes.since < 13 ? try attributes.ints("axes") : nil)
    },
    Entry(
      name: "Unsqueeze", versions: [11, 13, 21], inputs: 2...2,
      earlierInputs: EarlierInputs(before: 13, count: 1...1),
      attributes: [AttributeName("axes", until: 11)]
    ) {
      attributes throws(EngineError) in
      guard attributes.since < 13 else { return .unsqueeze(axes: nil) }
      guard let axes = try attributes.ints("axes") else {
        throw attributes.invalid("attribute axes is missing")
      }
      return .unsqueeze(axes: axes)
    },
    Entry(name: "Flatten", versions: [11, 13, 21], inputs: 1...1, attributes: ["axis"]) {
      attributes throws(EngineError) in
      .flatten(axis: try attributes.int("axis", default: 1))
    },
    Entry(name: "ConstantOfShape", versions: [9, 20, 21], inputs: 1...1, attributes: ["value"]) {
      attributes throws(EngineError) in
      .constantOfShape(try attributes.tensor("value") ?? Tensor([Float(0)], shape: [1]))
    },
    Entry(name: "Range", versions: [11], inputs: 3...3) { _ in .range },
  ]

  /// Operators that copy elements to other places.
  static let movement: [Entry] = [
    Entry(name: "Transpose", versions: [1, 13, 21], inputs: 1...1, attributes: ["perm"]) {
      attributes throws(EngineError) in
      .transpose(permutation: try attributes.ints("perm"))
    },
    Entry(name: "Concat", versions: [11, 13], inputs: 1...Int.max, attributes: ["axis"]) {
      attributes throws(EngineError) in
      guard let axis = try attributes.int("axis") else {
        throw attributes.invalid("attribute axis is missing")
      }
      return .concat(axis: axis)
    },
    Entry(
      name: "Split", versions: [11, 13, 18], inputs: 1...2,
      earlierInputs: EarlierInputs(before: 13, count: 1...1),
      attributes: [
        "axis", AttributeName("split", until: 11), AttributeName("num_outputs", since: 18),
      ]
    ) {
      attributes throws(EngineError) in
      .split(
        axis: try attributes.int("axis", default: 0), sizes: try attributes.ints("split"),
        outputs: attributes.since >= 18 ? try attributes.int("num_outputs") : nil)
    },
    Entry(name: "Slice", versions: [11, 13], inputs: 3...5) { _ in .slice },
    Entry(name: "Gather", versions: [11, 13], inputs: 2...2, attributes: ["axis"]) {
      attributes throws(EngineError) in
      .gather(axis: try attributes.int("axis", default: 0))
    },
    Entry(name: "Expand", versions: [8, 13], inputs: 2...2) { _ in .expand },
    Entry(name: "Tile", versions: [6, 13], inputs: 2...2) { _ in .tile },
    Entry(
      name: "Pad", versions: [11, 13, 18, 19, 21], inputs: 2...4,
      earlierInputs: EarlierInputs(before: 18, count: 2...3), attributes: ["mode"]
    ) {
      attributes throws(EngineError) in
      switch try attributes.string("mode") ?? "constant" {
      case "constant": return .pad(.constant)
      case "reflect": return .pad(.reflect)
      case "edge": return .pad(.edge)
      case "wrap": return .pad(.wrap)
      case let other: throw attributes.invalid("attribute mode is \"\(other)\"")
      }
    },
  ]

  /// The value of a Constant node, whichever attribute spells it.
  private static func constantValue(_ attributes: AttributeReader) throws(EngineError) -> Tensor {
    if let tensor = try attributes.tensor("value") { return tensor }
    if let value = try attributes.float("value_float") { return Tensor(scalar: value) }
    if let value = try attributes.int("value_int") { return Tensor(scalar: Int64(value)) }
    if let values = try attributes.ints("value_ints") {
      return Tensor(values.map { Int64($0) }, shape: [values.count])
    }
    if let values = try attributes.floats("value_floats") {
      return Tensor(values, shape: [values.count])
    }
    throw attributes.invalid("no attribute gives a dense numeric value")
  }
}
