import ViTKernel

extension OperatorRegistry {
  /// Operators that choose elements by index, scan or sort them, or combine their bits.
  static let indexingOperators: [Entry] = choosing + sorting + making + bits + losses

  private static let choosing: [Entry] = [
    Entry(
      name: "GatherElements", versions: [11, 13], inputs: 2...2, attributes: ["axis"], types: .all,
      kernel: .movement
    ) { attributes throws(EngineError) in
      .indexing(.gatherElements(axis: try attributes.int("axis", default: 0)))
    },
    Entry(
      name: "GatherND", versions: [11, 12, 13], inputs: 2...2,
      attributes: [AttributeName("batch_dims", since: 12)], types: .all, kernel: .movement
    ) { attributes throws(EngineError) in
      .indexing(.gatherND(batchDims: try attributes.int("batch_dims", default: 0)))
    },
    Entry(
      name: "Scatter", versions: [9], deprecatedSince: 11, inputs: 3...3, attributes: ["axis"],
      types: .all, kernel: .movement
    ) { attributes throws(EngineError) in
      .indexing(.scatterElements(axis: try attributes.int("axis", default: 0), .none))
    },
    Entry(
      name: "ScatterElements", versions: [11, 13, 16, 18], inputs: 3...3,
      attributes: ["axis", AttributeName("reduction", since: 16)], types: .all, kernel: .movement
    ) { attributes throws(EngineError) in
      .indexing(
        .scatterElements(
          axis: try attributes.int("axis", default: 0), try scatterReduction(attributes)))
    },
    Entry(
      name: "ScatterND", versions: [11, 13, 16, 18], inputs: 3...3,
      attributes: [AttributeName("reduction", since: 16)], types: .all, kernel: .movement
    ) { attributes throws(EngineError) in
      .indexing(.scatterND(try scatterReduction(attributes)))
    },
    Entry(
      name: "TensorScatter", versions: [24], inputs: 2...3, attributes: ["axis", "mode"],
      types: .all
    ) { attributes throws(EngineError) in
      let mode = try attributes.choice("mode", of: ["linear", "circular"])
      return .indexing(
        .tensorScatter(
          axis: try attributes.int("axis", default: -2), circular: mode == "circular"))
    },
    Entry(
      name: "ReverseSequence", versions: [10, 28], inputs: 2...2,
      attributes: ["batch_axis", "time_axis"], types: .all
    ) { attributes throws(EngineError) in
      .indexing(
        .reverseSequence(
          batchAxis: try attributes.int("batch_axis", default: 1),
          timeAxis: try attributes.int("time_axis", default: 0)))
    },
    Entry(
      name: "Compress", versions: [9, 11, 28], inputs: 2...2, attributes: ["axis"], types: .all
    ) { attributes throws(EngineError) in
      .indexing(.compress(axis: try attributes.int("axis")))
    },
  ]

  private static let sorting: [Entry] = [
    argReduction("ArgMax", .max), argReduction("ArgMin", .min),
    Entry(
      name: "TopK", versions: [1, 10, 11, 24], inputs: 1...2,
      attributes: [
        "axis", AttributeName("k", until: 1), AttributeName("largest", since: 11),
        AttributeName("sorted", since: 11),
      ], types: .numbers
    ) { attributes throws(EngineError) in
      .indexing(
        .topK(
          axis: try attributes.int("axis", default: -1),
          count: attributes.since < 10 ? try attributes.required("k") : nil,
          largest: try attributes.flag("largest", default: true)))
    },
    Entry(name: "Hardmax", versions: [1, 11, 13], inputs: 1...1, attributes: ["axis"]) {
      attributes throws(EngineError) in
      let flattens = attributes.since < 13
      return .indexing(
        .hardmax(
          axis: try attributes.int("axis", default: flattens ? 1 : -1), flattens: flattens))
    },
    scan("CumSum", [11, 14], .sum), scan("CumProd", [26], .product),
    Entry(name: "NonZero", versions: [9, 13], inputs: 1...1, types: .all, kernel: .none) { _ in
      .indexing(.nonZero)
    },
    Entry(
      name: "Unique", versions: [11, 28], inputs: 1...1, attributes: ["axis", "sorted"],
      types: .all, kernel: .none
    ) { attributes throws(EngineError) in
      .indexing(
        .unique(
          axis: try attributes.int("axis"), sorted: try attributes.flag("sorted", default: true)))
    },
  ]

  private static let making: [Entry] = [
    Entry(name: "OneHot", versions: [9, 11, 28], inputs: 3...3, attributes: ["axis"], types: .all) {
      attributes throws(EngineError) in
      .indexing(.oneHot(axis: try attributes.int("axis", default: -1)))
    },
    Entry(
      name: "EyeLike", versions: [9, 22], inputs: 1...1, attributes: ["dtype", "k"], types: .all
    ) { attributes throws(EngineError) in
      .indexing(
        .eyeLike(
          type: try attributes.elementType("dtype"),
          diagonal: try attributes.int("k", default: 0)))
    },
    Entry(name: "Trilu", versions: [14], inputs: 1...2, attributes: ["upper"], types: .all) {
      attributes throws(EngineError) in
      .indexing(.trilu(upper: try attributes.flag("upper", default: true)))
    },
    Entry(
      name: "Einsum", versions: [12, 28], inputs: 1...Int.max, attributes: ["equation"],
      types: .numbers, kernel: .float32
    ) { attributes throws(EngineError) in
      guard let text = try attributes.string("equation") else {
        throw attributes.invalid("attribute equation is missing")
      }
      do throws(KernelError) {
        return .indexing(.einsum(try EinsumEquation(text)))
      } catch {
        throw EngineError(attributes.label, error)
      }
    },
    Entry(name: "Det", versions: [11, 22], inputs: 1...1) { _ in .indexing(.determinant) },
    window("HannWindow", .hann), window("HammingWindow", .hamming),
    window("BlackmanWindow", .blackman),
  ]

  private static let bits: [Entry] = [
    Entry(
      name: "BitShift", versions: [11, 28], inputs: 2...2, attributes: ["direction"],
      types: .integers
    ) { attributes throws(EngineError) in
      guard let name = try attributes.string("direction"),
        let direction = ShiftDirection(rawValue: name)
      else { throw attributes.invalid("attribute direction is neither LEFT nor RIGHT") }
      return .indexing(.bitShift(direction))
    },
    bitwise("BitwiseAnd", .and), bitwise("BitwiseOr", .or), bitwise("BitwiseXor", .xor),
    Entry(name: "BitwiseNot", versions: [18], inputs: 1...1, types: .integers) { _ in
      .indexing(.bitwiseNot)
    },
    Entry(name: "BitCast", versions: [26], inputs: 1...1, attributes: ["to"], types: .all) {
      attributes throws(EngineError) in
      guard let type = try attributes.elementType("to") else {
        throw attributes.invalid("attribute to is missing")
      }
      return .indexing(.bitCast(from: attributes.types.input(0), to: type))
    },
  ]

  private static let losses: [Entry] = [
    Entry(
      name: "NegativeLogLikelihoodLoss", versions: [12, 13, 22], inputs: 2...3,
      attributes: ["ignore_index", "reduction"]
    ) { attributes throws(EngineError) in
      .indexing(.negativeLogLikelihood(try lossParameters(attributes)))
    },
    Entry(
      name: "SoftmaxCrossEntropyLoss", versions: [12, 13], inputs: 2...3,
      attributes: ["ignore_index", "reduction"]
    ) { attributes throws(EngineError) in
      .indexing(.softmaxCrossEntropy(try lossParameters(attributes)))
    },
  ]

  private static func argReduction(_ name: String, _ operation: ArgReduceOperation) -> Entry {
    Entry(
      name: name, versions: [1, 11, 12, 13], inputs: 1...1,
      attributes: ["axis", "keepdims", AttributeName("select_last_index", since: 12)],
      types: .numbers, kernel: .float32
    ) { attributes throws(EngineError) in
      .indexing(
        .argReduce(
          operation, axis: try attributes.int("axis", default: 0),
          keepDims: try attributes.flag("keepdims", default: true),
          selectLast: try attributes.flag("select_last_index")))
    }
  }

  private static func scan(
    _ name: String, _ versions: [Int64], _ operation: ScanOperation
  ) -> Entry {
    Entry(
      name: name, versions: versions, inputs: 2...2, attributes: ["exclusive", "reverse"],
      types: .numbers, kernel: .float32
    ) { attributes throws(EngineError) in
      .indexing(
        .scan(
          operation, exclusive: try attributes.flag("exclusive"),
          reverse: try attributes.flag("reverse")))
    }
  }

  private static func window(_ name: String, _ function: WindowFunction) -> Entry {
    Entry(
      name: name, versions: [17], inputs: 1...1, attributes: ["output_datatype", "periodic"],
      types: .numbers
    ) { attributes throws(EngineError) in
      .indexing(
        .window(
          function, periodic: try attributes.flag("periodic", default: true),
          type: try attributes.elementType("output_datatype") ?? .float32))
    }
  }

  private static func bitwise(_ name: String, _ operation: BitwiseOperation) -> Entry {
    Entry(name: name, versions: [18], inputs: 2...2, types: .integers) { _ in
      .indexing(.bitwise(operation))
    }
  }

  private static func scatterReduction(
    _ attributes: AttributeReader
  ) throws(EngineError) -> ScatterReduction {
    let name = try attributes.string("reduction") ?? "none"
    guard let reduction = ScatterReduction(rawValue: name),
      attributes.since >= 18 || [.none, .add, .mul].contains(reduction)
    else { throw attributes.invalid("attribute reduction is \"\(name)\"") }
    return reduction
  }

  private static func lossParameters(
    _ attributes: AttributeReader
  ) throws(EngineError) -> LossParameters {
    let name = try attributes.string("reduction") ?? "mean"
    guard let reduction = LossReduction(rawValue: name) else {
      throw attributes.invalid("attribute reduction is \"\(name)\"")
    }
    return LossParameters(reduction: reduction, ignoreIndex: try attributes.int("ignore_index"))
  }
}
