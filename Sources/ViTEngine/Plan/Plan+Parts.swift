import ViTKernel

/// Running a model in parts: what is the same in two models is computed once.
extension Plan {
  /// The memory of a value of the model that steps write, or of an input; nil for one that no step
  /// makes (a constant, or one inside a fused kernel).
  ///
  /// It holds the value between the step that writes it and the last that reads it, if that: other
  /// values are given the same memory.
  public func tensor(_ name: String) -> Tensor? { values[name] }

  /// The value whose memory `name` has: itself, unless it is only another shape of one.
  public func owner(of name: String) -> String { views[name] ?? name }

  /// Names of the values that exist before step `position`: inputs and results of earlier steps
  /// that this or a later step reads, and outputs that are written already; in alphabetical order.
  ///
  /// - Precondition: `position` is the index of a step, or their number.
  public func liveValues(before position: Int) -> [String] {
    var made = Set(inputs.keys)
    for step in steps[..<position] { made.formUnion(step.operands.outputs) }
    var needed = results
    for step in steps[position...] {
      for case .computed(let name)? in step.operands.inputs { needed.insert(name) }
    }
    return made.intersection(needed).sorted()
  }

  /// The steps of `range` that make values of `names`, in order, and which each makes.
  ///
  /// - Precondition: `range` lies within the steps.
  public func makers(
    of names: Set<String>, in range: Range<Int>
  ) -> [(step: Int, names: [String])] {
    range.compactMap { step in
      let made = steps[step].operands.outputs.filter(names.contains)
      return made.isEmpty ? nil : (step, made)
    }
  }

  /// How many steps at the beginning do the same as those of `other`: the same kernels for the same
  /// nodes, on values of the same name and on equal constants.
  ///
  /// Meant for plans of one model and of what was made of it by rewriting some of its nodes, compiled
  /// for the same shapes with the same options: there, equal inputs make equal values.
  public func commonPrefix(with other: Plan) -> Int {
    zip(steps, other.steps).prefix { $0.isSame(as: $1) }.count
  }

  /// How many steps at the end do the same as those of `other`; see ``commonPrefix(with:)``.
  public func commonSuffix(with other: Plan) -> Int {
    zip(steps.reversed(), other.steps.reversed()).prefix { $0.isSame(as: $1) }.count
  }
}

extension Step {
  fileprivate func isSame(as other: Step) -> Bool {
    kernel == other.kernel && operands.outputs == other.operands.outputs
      && origins.elementsEqual(other.origins) { $0.name == $1.name && $0.opType == $1.opType }
      && operands.inputs.elementsEqual(other.operands.inputs) { Self.isSame($0, $1) }
  }

  private static func isSame(_ left: StepOperands.Input?, _ right: StepOperands.Input?) -> Bool {
    switch (left, right) {
    case (nil, nil): true
    case (.computed(let left), .computed(let right)): left == right
    case (.constant(let left), .constant(let right)): left === right || left.isEqual(to: right)
    default: false
    }
  }
}

extension Constant {
  /// Bytes up to which constants that are not the same object are compared. Weights that sessions share
  /// are the same; what folding made of one is not, such as the transposed weight of a classifier.
  private static let comparedBytes = 64 << 20

  fileprivate func isEqual(to other: Constant) -> Bool {
    guard elementType == other.elementType, shape == other.shape,
      stored.byteCount <= Self.comparedBytes
    else { return false }
    return stored.withUnsafeBytes { left in
      other.stored.withUnsafeBytes { right in left.elementsEqual(right) }
    }
  }
}
