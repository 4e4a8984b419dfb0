import Foundation
import ViTKernel

/// What `run` prints of an output: type, shape, range, mean and the first values.
struct TensorSummary {
  private let tensor: Tensor
  private let values: [Double]

  private static let shownValues = 10

  init(_ tensor: Tensor) {
    self.tensor = tensor
    values =
      switch tensor.elementType {
      case .float32: tensor.elements(of: Float.self).map(Double.init)
      case .float64: tensor.elements(of: Double.self)
      case .int8: tensor.elements(of: Int8.self).map(Double.init)
      case .uint8: tensor.elements(of: UInt8.self).map(Double.init)
      case .int32: tensor.elements(of: Int32.self).map(Double.init)
      case .int64: tensor.elements(of: Int64.self).map(Double.init)
      case .bool: tensor.elements(of: Bool.self).map { $0 ? 1 : 0 }
      }
  }

  /// Two lines, or one where the tensor is empty. NaN counts in no figure but its own.
  func text(name: String) -> String {
    let head = "\(name): \(tensor.elementType) \(tensor.shape)"
    let numbers = values.filter { !$0.isNaN }
    guard !values.isEmpty else { return "\(head), no elements" }
    var figures: [String] = []
    if let least = numbers.min(), let greatest = numbers.max() {
      let mean = numbers.reduce(0, +) / Double(numbers.count)
      figures = [
        "min \(Self.text(least))", "max \(Self.text(greatest))", "mean \(Self.text(mean))",
      ]
    }
    if numbers.count < values.count { figures.append("\(values.count - numbers.count) NaN") }
    let first = values.prefix(Self.shownValues).map(Self.text).joined(separator: " ")
    let more = values.count > Self.shownValues ? " ..." : ""
    return "\(head), \(figures.joined(separator: ", "))\n  \(first)\(more)"
  }

  private static func text(_ value: Double) -> String { String(format: "%.6g", value) }
}
