import ViTKernel

extension OperatorRegistry {
  /// Operators that work element by element.
  static let elementwise: [Entry] =
    plainUnary + parameterizedUnary + plainBinary + [
      Entry(name: "Max", versions: [8, 12, 13], inputs: 1...Int.max) { _ in .variadic(.max) },
      Entry(name: "Min", versions: [8, 12, 13], inputs: 1...Int.max) { _ in .variadic(.min) },
      Entry(name: "Sum", versions: [8, 13], inputs: 1...Int.max) { _ in .variadic(.sum) },
      Entry(name: "Mean", versions: [8, 13], inputs: 1...Int.max) { _ in .variadic(.mean) },
      Entry(name: "Clip", versions: [11, 12, 13], inputs: 1...3) { _ in .clip },
      Entry(
        name: "Cast", versions: [9, 13, 19, 21], inputs: 1...1,
        attributes: ["to", AttributeName("saturate", since: 19)]
      ) {
        attributes throws(EngineError) in
        guard let type = try attributes.elementType("to") else {
          throw attributes.invalid("attribute to is missing")
        }
        return cast(to: type, saturate: try attributes.flag("saturate", default: true), attributes)
      },
      Entry(
        name: "CastLike", versions: [15, 19, 21], inputs: 2...2,
        attributes: [AttributeName("saturate", since: 19)], types: .all
      ) {
        attributes throws(EngineError) in
        guard let type = attributes.types.input(1) else { return .castLike }
        return cast(to: type, saturate: try attributes.flag("saturate", default: true), attributes)
      },
      Entry(name: "Where", versions: [9, 16], inputs: 3...3) { _ in .select },
    ]

  private static func cast(
    to type: ElementType, saturate: Bool, _ attributes: AttributeReader
  ) -> Operator {
    let computed = attributes.types.computed(type)
    // The value is one of that type already, whatever it is stored as.
    if type == attributes.types.input(0) { return .identity }
    if type == computed || type == .float64 { return .cast(to: computed) }
    return .narrow(to: type, saturate: saturate)
  }

  private static let plainUnary: [Entry] = [
    unary("Abs", [6, 13], .abs), unary("Neg", [6, 13], .neg), unary("Sign", [9, 13], .sign),
    unary("Not", [1], .not), unary("Exp", [6, 13], .exp), unary("Log", [6, 13], .log),
    unary("Sqrt", [6, 13], .sqrt), unary("Reciprocal", [6, 13], .reciprocal),
    unary("Erf", [9, 13], .erf), unary("Sin", [7], .sin), unary("Cos", [7], .cos),
    unary("Tan", [7], .tan), unary("Asin", [7], .asin), unary("Acos", [7], .acos),
    unary("Atan", [7], .atan), unary("Sinh", [9], .sinh), unary("Cosh", [9], .cosh),
    unary("Tanh", [6, 13], .tanh), unary("Asinh", [9], .asinh), unary("Acosh", [9], .acosh),
    unary("Atanh", [9], .atanh), unary("Floor", [6, 13], .floor), unary("Ceil", [6, 13], .ceil),
    unary("Round", [11], .round), unary("Sigmoid", [6, 13], .sigmoid),
    unary("Relu", [6, 13, 14], .relu), unary("Softplus", [1], .softplus),
    unary("Softsign", [1], .softsign), unary("HardSwish", [14], .hardSwish),
    unary("Mish", [18], .mish),
  ]

  private static let parameterizedUnary: [Entry] = [
    Entry(name: "LeakyRelu", versions: [6, 16], inputs: 1...1, attributes: ["alpha"]) {
      attributes throws(EngineError) in
      .unary(.leakyRelu(alpha: try attributes.float("alpha", default: 0.01)))
    },
    Entry(name: "Elu", versions: [6], inputs: 1...1, attributes: ["alpha"]) {
      attributes throws(EngineError) in
      .unary(.elu(alpha: try attributes.float("alpha", default: 1)))
    },
    Entry(name: "HardSigmoid", versions: [6], inputs: 1...1, attributes: ["alpha", "beta"]) {
      attributes throws(EngineError) in
      .unary(
        .hardSigmoid(
          alpha: try attributes.float("alpha", default: 0.2),
          beta: try attributes.float("beta", default: 0.5)))
    },
    Entry(name: "Gelu", versions: [20], inputs: 1...1, attributes: ["approximate"]) {
      attributes throws(EngineError) in
      switch try attributes.string("approximate") ?? "none" {
      case "none": return .unary(.gelu(.none))
      case "tanh": return .unary(.gelu(.tanh))
      case let other: throw attributes.invalid("attribute approximate is \"\(other)\"")
      }
    },
    Entry(name: "Celu", versions: [12, 28], inputs: 1...1, attributes: ["alpha"]) {
      attributes throws(EngineError) in
      .unary(.celu(alpha: try attributes.float("alpha", default: 1)))
    },
    Entry(name: "Selu", versions: [6, 22], inputs: 1...1, attributes: ["alpha", "gamma"]) {
      attributes throws(EngineError) in
      .unary(
        .selu(
          alpha: try attributes.float("alpha", default: 1.67326319217681884765625),
          gamma: try attributes.float("gamma", default: 1.05070102214813232421875)))
    },
    Entry(
      name: "ThresholdedRelu", versions: [10, 22], inputs: 1...1, attributes: ["alpha"]
    ) { attributes throws(EngineError) in
      .unary(.thresholdedRelu(alpha: try attributes.float("alpha", default: 1)))
    },
    Entry(name: "Shrink", versions: [9], inputs: 1...1, attributes: ["bias", "lambd"]) {
      attributes throws(EngineError) in
      .unary(
        .shrink(
          lambda: try attributes.float("lambd", default: 0.5),
          bias: try attributes.float("bias", default: 0)))
    },
    Entry(name: "Swish", versions: [24], inputs: 1...1, attributes: ["alpha"]) {
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
    Entry(name: "Mod", versions: [10, 13], inputs: 2...2, attributes: ["fmod"]) {
      attributes throws(EngineError) in
      .binary(.mod(fmod: try attributes.int("fmod", default: 0) != 0))
    },
    binary("PRelu", [7, 9, 16], .binary(.prelu)),
    binary("Equal", [11, 13, 19], .comparison(.equal)),
    binary("Less", [9, 13], .comparison(.less)),
    binary("Greater", [9, 13], .comparison(.greater)),
    binary("LessOrEqual", [12, 16], .comparison(.lessOrEqual)),
    binary("GreaterOrEqual", [12, 16], .comparison(.greaterOrEqual)),
    binary("And", [7], .logical(.and)), binary("Or", [7], .logical(.or)),
    binary("Xor", [7], .logical(.xor)),
  ]

  private static func unary(
    _ name: String, _ versions: [Int64], _ operation: UnaryOperation
  ) -> Entry {
    Entry(name: name, versions: versions, inputs: 1...1) { _ in .unary(operation) }
  }

  private static func binary(_ name: String, _ versions: [Int64], _ op: Operator) -> Entry {
    Entry(name: name, versions: versions, inputs: 2...2) { _ in op }
  }
}
