import ArgumentParser

/// `[NAME=]VALUE`: something for a value of the model, or for the first value that has none yet.
struct NamedValue<Value: ExpressibleByArgument>: ExpressibleByArgument {
  let name: String?
  let value: Value

  init?(argument: String) {
    var rest = argument[...]
    if let equals = argument.firstIndex(of: "="), equals != argument.startIndex {
      name = String(argument[..<equals])
      rest = argument[argument.index(after: equals)...]
    } else {
      name = nil
    }
    guard !rest.isEmpty, let value = Value(argument: String(rest)) else { return nil }
    self.value = value
  }

  /// Pairs each of `values` with one of `names`, those without a name in order.
  ///
  /// - Parameter kind: `input` or `output`, for messages.
  static func assign(
    _ values: [NamedValue], to names: [String], kind: String
  ) throws(CommandError) -> [(name: String, value: Value)] {
    let known = "the model has \(names.map { "\"\($0)\"" }.joined(separator: ", "))"
    let named = values.compactMap(\.name)
    var free = names.filter { !named.contains($0) }
    var pairs: [(name: String, value: Value)] = []
    for entry in values {
      if let name = entry.name {
        guard names.contains(name) else { throw CommandError("no \(kind) \"\(name)\": \(known)") }
        guard !pairs.contains(where: { $0.name == name }) else {
          throw CommandError("\(kind) \"\(name)\" is given twice")
        }
        pairs.append((name, entry.value))
      } else {
        guard !free.isEmpty else {
          throw CommandError("\(entry.value): no \(kind) is left for it: \(known)")
        }
        pairs.append((free.removeFirst(), entry.value))
      }
    }
    return pairs
  }
}

/// A file for a value of the model.
typealias NamedFile = NamedValue<String>
/// A shape for an input of the model.
typealias NamedShape = NamedValue<Shape>
