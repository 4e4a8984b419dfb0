import ArgumentParser

/// `[NAME=]FILE`: a file for a value of the model, or for the first value that has none yet.
struct NamedFile: ExpressibleByArgument {
  let name: String?
  let file: String

  init?(argument: String) {
    if let equals = argument.firstIndex(of: "="), equals != argument.startIndex {
      name = String(argument[..<equals])
      file = String(argument[argument.index(after: equals)...])
    } else {
      name = nil
      file = argument
    }
    if file.isEmpty { return nil }
  }

  /// Pairs each of `files` with one of `names`, those without a name in order.
  ///
  /// - Parameter kind: `input` or `output`, for messages.
  static func assign(
    _ files: [NamedFile], to names: [String], kind: String
  ) throws(CommandError) -> [(name: String, file: String)] {
    let known = "the model has \(names.map { "\"\($0)\"" }.joined(separator: ", "))"
    let named = files.compactMap(\.name)
    var free = names.filter { !named.contains($0) }
    var pairs: [(name: String, file: String)] = []
    for file in files {
      if let name = file.name {
        guard names.contains(name) else { throw CommandError("no \(kind) \"\(name)\": \(known)") }
        guard !pairs.contains(where: { $0.name == name }) else {
          throw CommandError("\(kind) \"\(name)\" is given twice")
        }
        pairs.append((name, file.file))
      } else {
        guard !free.isEmpty else {
          throw CommandError("\(file.file): no \(kind) is left for it: \(known)")
        }
        pairs.append((free.removeFirst(), file.file))
      }
    }
    return pairs
  }
}
