import Foundation
import ViTKernel

/// What `run` prints of an output: type, shape, range, mean and the first values.
struct TensorSummary {
  private let tensor: Tensor

  private static let shownValues = 10

  init(_ tensor: Tensor) { self.tensor = tensor }

  /// Two lines, or one where the tensor is empty. NaN counts in no figure but its own.
  func text(name: String) -> String {
    let head = "\(name): \(tensor.elementType) \(tensor.shape)"
    guard tensor.count > 0 else { return "\(head), no elements" }
    let figures = figures
    let more = tensor.count > Self.shownValues ? " ..." : ""
    return "\(head), \(figures.range.joined(separator: ", "))\n"
      + "  \(figures.first.joined(separator: " "))\(more)"
  }

  private var figures: Figures {
    switch tensor.elementType {
    case .float32: floats(Float.self)
    case .float64: floats(Double.self)
    case .int8: integers(Int8.self)
    case .uint8: integers(UInt8.self)
    case .int32: integers(Int32.self)
    case .int64: integers(Int64.self)
    case .int16: integers(Int16.self)
    case .uint16: integers(UInt16.self)
    case .uint32: integers(UInt32.self)
    case .uint64: integers(UInt64.self)
    case .bool: bools()
    // Types that are only stored.
    default: TensorSummary(Reference.cast(tensor, to: tensor.elementType.computed)).figures
    }
  }

  /// What is said of the range, and the first values.
  private typealias Figures = (range: [String], first: [String])

  private func floats<Element: TensorElement & BinaryFloatingPoint>(
    _ type: Element.Type
  ) -> Figures {
    var figures: Figures = ([], [])
    var (least, greatest, sum, count) = (Double.infinity, -Double.infinity, 0.0, 0)
    tensor.withElements(of: type) { elements in
      for index in elements.indices {
        let value = Double(elements[index])
        if index < Self.shownValues { figures.first.append(Self.text(value)) }
        if value.isNaN { continue }
        least = min(least, value)
        greatest = max(greatest, value)
        sum += value
        count += 1
      }
    }
    if count > 0 {
      figures.range = range(Self.text(least), Self.text(greatest), sum: sum, count: count)
    }
    if count < tensor.count { figures.range.append("\(tensor.count - count) NaN") }
    return figures
  }

  /// Integers are printed exactly; a float64 would round those of 64 bits.
  private func integers<Element: TensorElement & FixedWidthInteger>(
    _ type: Element.Type
  ) -> Figures {
    var figures: Figures = ([], [])
    var (least, greatest, sum) = (Element.max, Element.min, 0.0)
    tensor.withElements(of: type) { elements in
      for index in elements.indices {
        if index < Self.shownValues { figures.first.append("\(elements[index])") }
        least = min(least, elements[index])
        greatest = max(greatest, elements[index])
        sum += Double(elements[index])
      }
    }
    figures.range = range("\(least)", "\(greatest)", sum: sum, count: tensor.count)
    return figures
  }

  private func bools() -> Figures {
    var (trues, first) = (0, [String]())
    tensor.withElements(of: Bool.self) { elements in
      for index in elements.indices {
        if index < Self.shownValues { first.append(elements[index] ? "1" : "0") }
        trues += elements[index] ? 1 : 0
      }
    }
    let (least, greatest) = (trues == tensor.count ? "1" : "0", trues > 0 ? "1" : "0")
    return (range(least, greatest, sum: Double(trues), count: tensor.count), first)
  }

  private func range(_ least: String, _ greatest: String, sum: Double, count: Int) -> [String] {
    ["min \(least)", "max \(greatest)", "mean \(Self.text(sum / Double(count)))"]
  }

  private static func text(_ value: Double) -> String { String(format: "%.6g", value) }
}
