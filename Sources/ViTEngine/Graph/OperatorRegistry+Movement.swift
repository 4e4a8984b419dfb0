import ViTKernel

extension OperatorRegistry {
  /// Operators that look at shapes or give elements another one.
  static let shapes: [Entry] = [
    Entry(
      name: "Constant", versions: [1, 9, 11, 12, 13, 19, 21, 23, 24, 25], inputs: 0...0,
      attributes: [
        "value", AttributeName("sparse_value", since: 11), AttributeName("value_float", since: 12),
        AttributeName("value_floats", since: 12), AttributeName("value_int", since: 12),
        AttributeName("value_ints", since: 12), AttributeName("value_string", since: 12),
        AttributeName("value_strings", since: 12),
      ], types: .all, kernel: .none
    ) {
      attributes throws(EngineError) in
      .constant(try constantValue(attributes))
    },
    Entry(
      name: "Identity", versions: [1, 13, 14, 16, 19, 21, 23, 24, 25], inputs: 1...1, types: .all,
      kernel: .none
    ) { _ in .identity },
    Entry(
      name: "Dropout", versions: [7, 10, 12, 13, 22], inputs: 1...3,
      earlierInputs: EarlierInputs(before: 12, count: 1...1),
      attributes: [AttributeName("ratio", until: 10), AttributeName("seed", since: 12)],
      kernel: .none
    ) { _ in .dropout },
    Entry(
      name: "Shape", versions: [1, 13, 15, 19, 21, 23, 24, 25], inputs: 1...1,
      attributes: [AttributeName("start", since: 15), AttributeName("end", since: 15)], types: .all,
      kernel: .none
    ) {
      attributes throws(EngineError) in
      .shape(start: try attributes.int("start", default: 0), end: try attributes.int("end"))
    },
    Entry(
      name: "Size", versions: [1, 13, 19, 21, 23, 24, 25], inputs: 1...1, types: .all, kernel: .none
    ) { _ in .size },
    Entry(
      name: "Reshape", versions: [5, 13, 14, 19, 21, 23, 24, 25], inputs: 2...2,
      attributes: [AttributeName("allowzero", since: 14)], types: .all, kernel: .none
    ) {
      attributes throws(EngineError) in
      .reshape(allowZero: try attributes.int("allowzero", default: 0) != 0)
    },
    Entry(
      name: "Squeeze", versions: [1, 11, 13, 21, 23, 24, 25], inputs: 1...2,
      earlierInputs: EarlierInputs(before: 13, count: 1...1),
      attributes: [AttributeName("axes", until: 11)], types: .all, kernel: .none
    ) {
      attributes throws(EngineError) in
      .squeeze(axes: attributes.since < 13 ? try attributes.ints("axes") : nil)
    },
    Entry(
      name: "Unsqueeze", versions: [1, 11, 13, 21, 23, 24, 25], inputs: 2...2,
      earlierInputs: EarlierInputs(before: 13, count: 1...1),
      attributes: [AttributeName("axes", until: 11)], types: .all, kernel: .none
    ) {
      attributes throws(EngineError) in
      guard attributes.since < 13 else { return .unsqueeze(axes: nil) }
      guard let axes = try attributes.ints("axes") else {
        throw attributes.invalid("attribute axes is missing")
      }
      return .unsqueeze(axes: axes)
    },
    Entry(
      name: "Flatten", versions: [1, 9, 11, 13, 21, 23, 24, 25], inputs: 1...1,
      attributes: ["axis"],
      types: .all, kernel: .none
    ) {
      attributes throws(EngineError) in
      .flatten(axis: try attributes.int("axis", default: 1))
    },
    Entry(
      name: "ConstantOfShape", versions: [9, 20, 21, 23, 24, 25], inputs: 1...1,
      attributes: ["value"],
      types: .all, kernel: .movement
    ) {
      attributes throws(EngineError) in
      .constantOfShape(try attributes.tensor("value") ?? Tensor([Float(0)], shape: [1]))
    },
    Entry(
      name: "Range", versions: [11, 27], inputs: 3...3,
      attributes: [AttributeName("stash_type", since: 27)], types: .numbers, kernel: .none
    ) {
      attributes throws(EngineError) in
      let stash = try attributes.int("stash_type", default: 1)
      guard stash == 1 else { throw attributes.invalid("attribute stash_type is \(stash)") }
      return .range
    },
  ]

  /// Operators that copy elements to other places.
  static let movement: [Entry] = [
    Entry(
      name: "Transpose", versions: [1, 13, 21, 23, 24, 25], inputs: 1...1, attributes: ["perm"],
      types: .all, kernel: .movement
    ) {
      attributes throws(EngineError) in
      .transpose(permutation: try attributes.ints("perm"))
    },
    Entry(
      name: "Concat", versions: [4, 11, 13], inputs: 1...Int.max, attributes: ["axis"], types: .all,
      kernel: .movement
    ) {
      attributes throws(EngineError) in
      guard let axis = try attributes.int("axis") else {
        throw attributes.invalid("attribute axis is missing")
      }
      return .concat(axis: axis)
    },
    Entry(
      name: "Split", versions: [2, 11, 13, 18], inputs: 1...2,
      earlierInputs: EarlierInputs(before: 13, count: 1...1),
      attributes: [
        "axis", AttributeName("split", until: 11), AttributeName("num_outputs", since: 18),
      ], types: .all, kernel: .movement
    ) {
      attributes throws(EngineError) in
      .split(
        axis: try attributes.int("axis", default: 0), sizes: try attributes.ints("split"),
        outputs: attributes.since >= 18 ? try attributes.int("num_outputs") : nil)
    },
    Entry(
      name: "Slice", versions: [1, 10, 11, 13], inputs: 3...5,
      earlierInputs: EarlierInputs(before: 10, count: 1...1),
      attributes: [
        AttributeName("axes", until: 1), AttributeName("ends", until: 1),
        AttributeName("starts", until: 1),
      ], types: .all, kernel: .movement
    ) {
      attributes throws(EngineError) in
      guard attributes.since < 10 else { return .slice(nil) }
      guard let starts = try attributes.ints("starts"), let ends = try attributes.ints("ends")
      else { throw attributes.invalid("attributes starts and ends are missing") }
      return .slice(SliceBounds(starts: starts, ends: ends, axes: try attributes.ints("axes")))
    },
    Entry(
      name: "Gather", versions: [1, 11, 13], inputs: 2...2, attributes: ["axis"], types: .all,
      kernel: .movement
    ) {
      attributes throws(EngineError) in
      .gather(axis: try attributes.int("axis", default: 0))
    },
    Entry(name: "Expand", versions: [8, 13], inputs: 2...2, types: .all, kernel: .movement) { _ in
      .expand
    },
    Entry(name: "Tile", versions: [6, 13], inputs: 2...2, types: .all, kernel: .movement) { _ in
      .tile
    },
    Entry(
      name: "Pad", versions: [2, 11, 13, 18, 19, 21, 23, 24, 25], inputs: 1...4,
      earlierInputs: EarlierInputs(before: 18, count: 1...3),
      attributes: [
        "mode", AttributeName("pads", until: 2), AttributeName("value", until: 2),
      ], types: .all, kernel: .movement
    ) {
      attributes throws(EngineError) in
      let name = try attributes.choice("mode", of: ["constant", "reflect", "edge", "wrap"])
      // Wrapping came with version 19; torch.export writes it at opset 18 and ONNX Runtime runs it.
      guard let mode = PadMode(rawValue: name), mode != .wrap || attributes.since >= 18 else {
        throw attributes.invalid("attribute mode is \"\(name)\"")
      }
      guard attributes.since < 11 else { return .pad(mode, nil) }
      guard let pads = try attributes.ints("pads") else {
        throw attributes.invalid("attribute pads is missing")
      }
      let value = try attributes.float("value", default: 0)
      return .pad(mode, PadAmounts(pads: pads, value: Tensor(scalar: value)))
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
    guard let other = attributes.node.attributes.first else {
      throw attributes.invalid("no attribute gives a value")
    }
    throw EngineError(
      .unsupported("a constant from \(other.name); dense numeric values are supported"),
      node: attributes.label)
  }
}
