import ArgumentParser

/// A number of at least 1.
struct PositiveInteger: ExpressibleByArgument {
  let value: Int

  init?(argument: String) {
    guard let value = Int(argument), value >= 1 else { return nil }
    self.value = value
  }
}
