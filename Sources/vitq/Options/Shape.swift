import ArgumentParser
import OnnxParse

/// Sizes of at least 1 with an x between them, such as 1x3x224x224.
struct Shape: ExpressibleByArgument, CustomStringConvertible {
  let sizes: [Int]

  init(_ sizes: [Int]) { self.sizes = sizes }

  init?(argument: String) {
    let parts = argument.split(separator: "x", omittingEmptySubsequences: false)
    let sizes = parts.compactMap { Int($0) }
    guard sizes.count == parts.count, sizes.allSatisfy({ $0 >= 1 }) else { return nil }
    self.sizes = sizes
  }

  var description: String { sizes.map(String.init).joined(separator: "x") }
}

extension [Dimension] {
  /// Such as `[batch_size, 3, 224, 224]`.
  var text: String {
    let sizes = map { dimension in
      switch dimension {
      case .size(let size): "\(size)"
      case .symbol(let symbol): symbol
      case .unknown: "?"
      }
    }
    return "[" + sizes.joined(separator: ", ") + "]"
  }
}
