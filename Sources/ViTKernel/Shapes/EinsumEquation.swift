/// Einsum's `equation`, such as `bij,bjk->bik`: names for the dimensions of operands and result.
public struct EinsumEquation: Sendable, Hashable {
  /// What stands for dimensions in a term.
  enum Symbol: Sendable, Hashable {
    case letter(Character)
    /// `...`: any number of dimensions, which broadcast.
    case ellipsis
  }

  /// A dimension of a term for operands of known rank.
  enum Label: Sendable, Hashable {
    case letter(Character)
    /// One of those that `...` stands for, counted from the last one.
    case ellipsis(Int)
  }

  let terms: [[Symbol]]
  /// Nil where the equation has no arrow: all letters that occur once, in alphabetical order.
  let result: [Symbol]?

  /// The equation that `text` spells; blanks mean nothing.
  ///
  /// - Throws: ``KernelError/invalid(_:)`` where it spells none.
  public init(_ text: String) throws(KernelError) {
    let text = String(text.filter { $0 != " " })
    let sides = text.split(separator: "->", omittingEmptySubsequences: false)
    guard sides.count <= 2, let left = sides.first else {
      throw .invalid("Einsum: more than one arrow in \"\(text)\"")
    }
    var terms: [[Symbol]] = []
    for term in left.split(separator: ",", omittingEmptySubsequences: false) {
      terms.append(try Self.symbols(String(term), of: text))
    }
    self.terms = terms
    result = sides.count == 2 ? try Self.symbols(String(sides[1]), of: text) : nil
    if let result {
      let known = Set(terms.joined())
      guard Set(result).count == result.count,
        result.allSatisfy({ known.contains($0) || $0 == .ellipsis })
      else {
        throw .invalid("Einsum: the result of \"\(text)\" names a dimension twice, or a new one")
      }
    }
  }

  private static func symbols(
    _ term: String, of equation: String
  ) throws(KernelError) -> [Symbol] {
    let parts = term.split(separator: "...", omittingEmptySubsequences: false)
    let letters = parts.joined()
    guard parts.count <= 2, letters.allSatisfy({ $0.isASCII && $0.isLetter }) else {
      throw .invalid(
        "Einsum: \"\(term)\" in \"\(equation)\" is no list of letters and one ellipsis")
    }
    return Array(
      parts.map { $0.map { Symbol.letter($0) } }.joined(separator: [Symbol.ellipsis]))
  }
}

/// An equation for operands of known shapes.
public struct EinsumPlan: Sendable {
  /// Shape of the result.
  public let shape: [Int]
  /// The result's dimensions, and after them those that are summed over.
  let labels: [EinsumEquation.Label]
  /// How many of the labels are summed over.
  let summed: Int
  /// Number of steps along each label.
  let extents: [Int]
  /// For each operand, the distance in elements of a step along each label; 0 where it has none.
  let strides: [[Int]]
  /// For each operand, which of the labels it has with more than one element.
  let members: [Set<Int>]

  /// - Throws: ``KernelError/invalid(_:)`` where the shapes do not fit the equation.
  public init(_ equation: EinsumEquation, shapes: [[Int]]) throws(KernelError) {
    guard equation.terms.count == shapes.count else {
      throw .invalid("Einsum: \(shapes.count) operands for \(equation.terms.count) terms")
    }
    var operands: [[EinsumEquation.Label]] = []
    var widths: [EinsumEquation.Label: Int] = [:]
    for (term, shape) in zip(equation.terms, shapes) {
      let names = try Self.labels(term, rank: shape.count)
      for (name, dimension) in zip(names, shape) where widths[name, default: 1] != dimension {
        guard widths[name, default: 1] == 1 || dimension == 1 else {
          throw .invalid(
            "Einsum: \(shapes) give one dimension both \(dimension) and "
              + "\(widths[name, default: 1]) elements")
        }
        widths[name] = dimension == 1 ? widths[name] : dimension
      }
      operands.append(names)
    }
    let kept = Self.result(equation, operands)
    let lost = Self.unique(operands.joined()).filter { !kept.contains($0) }
    labels = kept + lost
    summed = lost.count
    let extents = labels.map { widths[$0] ?? 1 }
    self.extents = extents
    shape = try ShapeRules.checked(Array(extents.prefix(kept.count)))
    let labels = labels
    strides = zip(operands, shapes).map { names, shape in
      let steps = zip(zip(names, shape), ShapeRules.strides(shape))
      return labels.map { label in
        // A dimension named twice walks the diagonal; one of a single element is repeated.
        steps.reduce(0) { $0 + ($1.0.0 == label && $1.0.1 != 1 ? $1.1 : 0) }
      }
    }
    members = zip(operands, shapes).map { names, shape in
      Set(
        labels.indices.filter { index in
          zip(names, shape).contains { $0 == labels[index] && $1 != 1 }
        })
    }
  }

  /// Labels of the dimensions of an operand of `rank`.
  private static func labels(
    _ term: [EinsumEquation.Symbol], rank: Int
  ) throws(KernelError) -> [EinsumEquation.Label] {
    let hidden = rank - term.count { $0 != .ellipsis }
    guard term.contains(.ellipsis) ? hidden >= 0 : hidden == 0 else {
      throw .invalid("Einsum: \(term.count) names for an operand of rank \(rank)")
    }
    return term.flatMap { symbol -> [EinsumEquation.Label] in
      switch symbol {
      case .letter(let letter): [.letter(letter)]
      case .ellipsis: (0..<hidden).reversed().map { .ellipsis($0) }
      }
    }
  }

  private static func result(
    _ equation: EinsumEquation, _ operands: [[EinsumEquation.Label]]
  ) -> [EinsumEquation.Label] {
    let all = Array(operands.joined())
    let hidden = unique(all).filter { if case .ellipsis = $0 { true } else { false } }
    let broadcast = (0..<hidden.count).reversed().map { EinsumEquation.Label.ellipsis($0) }
    if let result = equation.result {
      return result.flatMap { symbol -> [EinsumEquation.Label] in
        if case .letter(let letter) = symbol { [.letter(letter)] } else { broadcast }
      }
    }
    let letters = all.compactMap { label -> Character? in
      if case .letter(let letter) = label { letter } else { nil }
    }
    let single = letters.filter { letter in letters.count { $0 == letter } == 1 }
    return broadcast + single.sorted().map { .letter($0) }
  }

  private static func unique(
    _ labels: some Sequence<EinsumEquation.Label>
  ) -> [EinsumEquation.Label] {
    var seen: Set<EinsumEquation.Label> = []
    return labels.filter { seen.insert($0).inserted }
  }
}
