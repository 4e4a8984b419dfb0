/// A pattern of a whole string: `*` any run, `?` any one character, `[a-c]`, `[!a-c]`.
struct GlobPattern {
  private enum Element {
    case literal(Character)
    case any
    case run
    case set([ClosedRange<Character>], inverted: Bool)

    func matches(_ character: Character) -> Bool {
      switch self {
      case .literal(let own): own == character
      case .any, .run: true
      case .set(let ranges, let inverted):
        ranges.contains { $0.contains(character) } != inverted
      }
    }
  }

  private let elements: [Element]

  /// Reads a pattern; a `[` without its `]` stands for itself.
  init(_ text: String) {
    var elements: [Element] = []
    var rest = Array(text)[...]
    while let first = rest.popFirst() {
      switch first {
      case "*": elements.append(.run)
      case "?": elements.append(.any)
      case "[": elements.append(Self.popSet(from: &rest) ?? .literal("["))
      default: elements.append(.literal(first))
      }
    }
    self.elements = elements
  }

  /// True where the pattern covers the whole of `text`.
  ///
  /// On a mismatch only the last run is lengthened, so the time is at most the product of the two
  /// lengths.
  func matches(_ text: String) -> Bool {
    let characters = Array(text)
    var position = 0
    var element = 0
    var lastRun: (element: Int, position: Int)?
    while position < characters.count {
      if element < elements.count, case .run = elements[element] {
        lastRun = (element, position)
        element += 1
      } else if element < elements.count, elements[element].matches(characters[position]) {
        element += 1
        position += 1
      } else if let run = lastRun {
        lastRun = (run.element, run.position + 1)
        element = run.element + 1
        position = run.position + 1
      } else {
        return false
      }
    }
    return elements[element...].allSatisfy { if case .run = $0 { true } else { false } }
  }

  /// Takes the rest of a set after its `[`; nil, with nothing taken, where it has no end.
  private static func popSet(from rest: inout ArraySlice<Character>) -> Element? {
    let inverted = rest.first == "!"
    let body = inverted ? rest.dropFirst() : rest
    // A "]" in first place belongs to the set.
    guard let end = body.dropFirst().firstIndex(of: "]") else { return nil }
    var ranges: [ClosedRange<Character>] = []
    var members = body[..<end]
    while let low = members.popFirst() {
      if members.first == "-", let high = members.dropFirst().first {
        members = members.dropFirst(2)
        if low <= high { ranges.append(low...high) }
      } else {
        ranges.append(low...low)
      }
    }
    rest = rest[(end + 1)...]
    return .set(ranges, inverted: inverted)
  }
}
