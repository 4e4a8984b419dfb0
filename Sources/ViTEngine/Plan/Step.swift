import ViTKernel

/// The arithmetic that a kernel spends its time in.
public enum Arithmetic: String, Sendable, Codable {
  /// float32 multiply-adds.
  case float32
  /// Products of bytes summed in int32.
  case int8
}

/// The multiply-adds that a step must do, whoever does them.
public struct Work: Sendable, Equatable {
  /// Number of multiply-adds.
  public let multiplyAdds: Int
  /// In which arithmetic.
  public let arithmetic: Arithmetic

  /// Work of so many multiply-adds.
  public init(multiplyAdds: Int, arithmetic: Arithmetic) {
    self.multiplyAdds = multiplyAdds
    self.arithmetic = arithmetic
  }
}

/// One call of a kernel, with its operands bound.
struct Step: Sendable {
  /// What runs, such as `linear` or `layerNorm`.
  let kernel: String
  /// The model's nodes that it stands for.
  let origins: [NodeOrigin]
  /// The products that it consists of; nil where it is not about products.
  var work: Work?
  /// Its sizes; nil where it is no attention.
  var attention: AttentionShape?
  /// What it reads and writes.
  var operands = StepOperands()
  /// Runs it.
  let body: @Sendable () throws(KernelError) -> Void
}

/// What a step reads and writes, as the model names it.
struct StepOperands: Sendable {
  /// A value that a step reads.
  enum Input: Sendable {
    /// Made by an earlier step, or given by the caller.
    case computed(String)
    case constant(Constant)
  }

  /// Operands in order; nil where one is absent.
  var inputs: [Input?] = []
  /// Results, each by the name of the value whose memory it has.
  var outputs: [String] = []
}

/// What a plan does in one step, for profiles and listings.
public struct StepDescription: Sendable {
  /// What runs, such as `linear` or `layerNormalization`.
  public let kernel: String
  /// The model's nodes that it stands for.
  public let origins: [NodeOrigin]
  /// The products that it consists of; nil where it is not about products.
  public let work: Work?
  /// Its sizes; nil where it is no attention.
  public let attention: AttentionShape?
}
