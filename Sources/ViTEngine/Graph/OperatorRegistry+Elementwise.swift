import ViTKernel

extension OperatorRegistry {
  /// Operators that work element by element.
  static let elementwise: [Entry] =
    plainUnary + parameterizedUnary + plainBinary + [
      variadic("Max", [6, 8, 12, 13], .max), variadic("Min", [6, 8, 12, 13], .min),
      variadic("Sum", [6, 8, 13], .sum), variadic("Mean", [6, 8, 13], .mean),
      Entry(
        name: "Clip", versions: [6, 11, 12, 13], inputs: 1...3,
        earlierInputs: EarlierInputs(before: 11, count: 1...1),
        attributes: [AttributeName("min", until: 6), AttributeName("max", until: 6)],
        types: .numbers, kernel: .float32
      ) { attributes throws(EngineError) in
        .clip(
          lowest: try attributes.float("min").map { Tensor(scalar: $0) },
          highest: try attributes.float("max").map { Tensor(scalar: $0) })
      },
      Entry(
        name: "Cast", versions: [6, 9, 13, 19, 21, 23, 24, 25, 28], inputs: 1...1,
        attributes: ["to"] + roundingAttributes, types: .all, kernel: .float32
      ) {
        attributes throws(EngineError) in
        guard let type = try attributes.elementType("to") else {
          throw attributes.invalid("attribute to is missing")
        }
        return try cast(to: type, attributes)
      },
      Entry(
        name: "CastLike", versions: [15, 19, 21, 23, 24, 25], inputs: 2...2,
        attributes: roundingAttributes, types: .all, kernel: .float32
      ) {
        attributes throws(EngineError) in
        guard let type = attributes.types.input(1) else { return .castLike }
        return try cast(to: type, attributes)
      },
      Entry(name: "Where", versions: [9, 16], inputs: 3...3, types: .all, kernel: .movement) { _ in
        .select
      },
    ]

  private static let roundingAttributes = [
    AttributeName("saturate", since: 19), AttributeName("round_mode", since: 24),
  ]

  private static func cast(
    to type: ElementType, _ attributes: AttributeReader
  ) throws(EngineError) -> Operator {
    let computed = attributes.types.computed(type)
    // The value is one of that type already, whatever it is stored as.
    if type == attributes.types.input(0) { return .identity }
    if type == computed || type == .float64 { return .cast(to: computed) }
    let mode = try attributes.choice("round_mode", of: ["up", "down", "nearest"])
    return .narrow(
      to: type, saturate: try attributes.flag("saturate", default: true),
      rounding: PowerRounding(rawValue: mode) ?? .up)
  }

  private static let plainUnary: [Entry] = [
    unary("Abs", [6, 13], .abs, .numbers), unary("Neg", [6, 13], .neg, .numbers),
    unary("Sign", [9, 13], .sign, .numbers),
    Entry(name: "Not", versions: [1], inputs: 1...1, types: .bool) { _ in .unary(.not) },
    unary("Exp", [6, 13], .exp), unary("Log", [6, 13], .log),
    unary("Sqrt", [6, 13], .sqrt), unary("Reciprocal", [6, 13], .reciprocal),
    unary("Erf", [9, 13], .erf), unary("Sin", [7, 22], .sin), unary("Cos", [7, 22], .cos),
    unary("Tan", [7, 22], .tan), unary("Asin", [7, 22], .asin), unary("Acos", [7, 22], .acos),
    unary("Atan", [7, 22], .atan), unary("Sinh", [9, 22], .sinh), unary("Cosh", [9, 22], .cosh),
    unary("Tanh", [6, 13], .tanh), unary("Asinh", [9, 22], .asinh),
    unary("Acosh", [9, 22], .acosh),
    unary("Atanh", [9, 22], .atanh), unary("Floor", [6, 13], .floor),
    unary("Ceil", [6, 13], .ceil),
    unary("Round", [11, 22], .round), unary("Sigmoid", [6, 13], .sigmoid),
    unary("Relu", [6, 13, 14], .relu, .numbers), unary("Softplus", [1, 22], .softplus),
    unary("Softsign", [1, 22], .softsign), unary("HardSwish", [14, 22], .hardSwish),
    unary("Mish", [18, 22], .mish),
  ]

  private static let parameterizedUnary: [Entry] = [
    Entry(
      name: "LeakyRelu", versions: [6, 16], inputs: 1...1, attributes: ["alpha"], kernel: .float32
    ) {
      attributes throws(EngineError) in
      .unary(.leakyRelu(alpha: try attributes.float("alpha", default: 0.01)))
    },
    Entry(name: "Elu", versions: [6, 22], inputs: 1...1, attributes: ["alpha"], kernel: .float32) {
      attributes throws(EngineError) in
      .unary(.elu(alpha: try attributes.float("alpha", default: 1)))
    },
    Entry(
      name: "HardSigmoid", versions: [6, 22], inputs: 1...1, attributes: ["alpha", "beta"],
      kernel: .float32
    ) {
      attributes throws(EngineError) in
      .unary(
        .hardSigmoid(
          alpha: try attributes.float("alpha", default: 0.2),
          beta: try attributes.float("beta", default: 0.5)))
    },
    Entry(
      name: "Gelu", versions: [20], inputs: 1...1, attributes: ["approximate"], kernel: .float32
    ) {
      attributes throws(EngineError) in
      switch try attributes.string("approximate") ?? "none" {
      case "none": return .unary(.gelu(.none))
      case "tanh": return .unary(.gelu(.tanh))
      case let other: throw attributes.invalid("attribute approximate is \"\(other)\"")
      }
    },
    Entry(name: "Celu", versions: [12, 28], inputs: 1...1, attributes: ["alpha"], kernel: .float32)
    {
      attributes throws(EngineError) in
      .unary(.celu(alpha: try attributes.float("alpha", default: 1)))
    },
    Entry(
      name: "Selu", versions: [6, 22], inputs: 1...1, attributes: ["alpha", "gamma"],
      kernel: .float32
    ) {
      attributes throws(EngineError) in
      .unary(
        .selu(
          alpha: try attributes.float("alpha", default: 1.67326319217681884765625),
          gamma: try attributes.float("gamma", default: 1.05070102214813232421875)))
    },
    Entry(
      name: "ThresholdedRelu", versions: [10, 22], inputs: 1...1, attributes: ["alpha"],
      kernel: .float32
    ) { attributes throws(EngineError) in
      .unary(.thresholdedRelu(alpha: try attributes.float("alpha", default: 1)))
    },
    Entry(
      name: "Shrink", versions: [9], inputs: 1...1, attributes: ["bias", "lambd"], types: .numbers,
      kernel: .float32
    ) {
      attributes throws(EngineError) in
      .unary(
        .shrink(
          lambda: try attributes.float("lambd", default: 0.5),
          bias: try attributes.float("bias", default: 0)))
    },
    Entry(name: "Swish", versions: [24], inputs: 1...1, attributes: ["alpha"], kernel: .float32) {
      attributes throws(EngineError) in
      .unary(.swish(alpha: try attributes.float("alpha", default: 1)))
    },
    Entry(name: "IsNaN", versions: [9, 13, 20], inputs: 1...1) { _ in .predicate(.isNaN) },
    Entry(
      name: "IsInf", versions: [10, 20], inputs: 1...1,
      attributes: ["detect_negative", "detect_positive"]
    ) { attributes throws(EngineError) in
      .predicate(
        .isInfinite(
          negative: try attributes.int("detect_negative", default: 1) != 0,
          positive: try attributes.int("detect_positive", default: 1) != 0))
    },
  ]

  private static let plainBinary: [Entry] = [
    binary("Add", [7, 13, 14], .binary(.add)), binary("Sub", [7, 13, 14], .binary(.sub)),
    binary("Mul", [7, 13, 14], .binary(.mul)), binary("Div", [7, 13, 14], .binary(.div)),
    binary("Pow", [7, 12, 13, 15], .binary(.pow)),
    Entry(
      name: "Mod", versions: [10, 13, 28], inputs: 2...2, attributes: ["fmod"], types: .numbers,
      kernel: .float32
    ) { attributes throws(EngineError) in
      .binary(.mod(fmod: try attributes.int("fmod", default: 0) != 0))
    },
    binary("PRelu", [7, 9, 16], .binary(.prelu)),
    binary("Equal", [7, 11, 13, 19], .comparison(.equal), .all),
    binary("Less", [7, 9, 13], .comparison(.less)),
    binary("Greater", [7, 9, 13], .comparison(.greater)),
    binary("LessOrEqual", [12, 16], .comparison(.lessOrEqual)),
    binary("GreaterOrEqual", [12, 16], .comparison(.greaterOrEqual)),
    binary("And", [7], .logical(.and), .bool, .reference),
    binary("Or", [7], .logical(.or), .bool, .reference),
    binary("Xor", [7], .logical(.xor), .bool, .reference),
  ]

  private static func unary(
    _ name: String, _ versions: [Int64], _ operation: UnaryOperation,
    _ types: OperandTypes = .floats
  ) -> Entry {
    Entry(name: name, versions: versions, inputs: 1...1, types: types, kernel: .float32) { _ in
      .unary(operation)
    }
  }

  private static func variadic(
    _ name: String, _ versions: [Int64], _ operation: VariadicOperation
  ) -> Entry {
    Entry(
      name: name, versions: versions, inputs: 1...Int.max,
      types: operation == .max || operation == .min ? .numbers : .floats, kernel: .float32
    ) { _ in .variadic(operation) }
  }

  private static func binary(
    _ name: String, _ versions: [Int64], _ op: Operator, _ types: OperandTypes = .numbers,
    _ kernel: KernelUse = .float32
  ) -> Entry {
    Entry(name: name, versions: versions, inputs: 2...2, types: types, kernel: kernel) { _ in op }
  }
}
