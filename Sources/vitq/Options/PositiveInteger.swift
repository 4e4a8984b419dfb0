import ArgumentParser

/// A number of at least 1.
struct PositiveInteger: ExpressibleByArgument, CustomStringConvertible {
  let value: Int

  init(_ value: Int) {
    precondition(value >= 1)
    self.value = value
  }

  init?(argument: String) {
    guard let value = Int(argument), value >= 1 else { return nil }
    self.value = value
  }

  var description: String { "\(value)" }
}
