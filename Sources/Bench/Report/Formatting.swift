import Foundation
import Quant

/// `value` with so many digits after the point.
package func fixed(_ value: Double, _ digits: Int) -> String {
  String(format: "%.\(digits)f", value)
}

/// A fraction as percentage points.
package func points(_ fraction: Double, _ digits: Int) -> String {
  let text = fixed(fraction * 100, digits)
  return text.contains { "123456789".contains($0) } ? text : fixed(0, digits)
}

/// An interval of fractions in percentage points: `-0.60 .. 0.20`.
package func points(_ interval: ConfidenceInterval, _ digits: Int) -> String {
  points(interval.lower, digits) + " .. " + points(interval.upper, digits)
}

/// A chance with three digits after the point, or that it is less than they can say.
package func chance(_ value: Double) -> String { value < 0.0005 ? "<0.001" : fixed(value, 3) }

/// `value` with two digits and its power of ten: `3.1e-05`.
package func scientific(_ value: Double) -> String { String(format: "%.1e", value) }

/// Bytes as megabytes of 10^6.
package func megabytes(_ bytes: Int) -> String { fixed(Double(bytes) / 1e6, 2) }

/// Seconds without needless digits.
func seconds(_ value: Double) -> String {
  value == value.rounded() ? fixed(value, 0) : String(value)
}

/// Values in the order of their first appearance, each once.
package func distinct<Value: Hashable>(_ values: [Value]) -> [Value] {
  var seen: Set<Value> = []
  return values.filter { seen.insert($0).inserted }
}

extension ConfigurationReport {
  /// What is quantized, what is excluded, and which scales there are, in words.
  var names: [String] {
    [
      operatorsToQuantize.map(\.rawValue).joined(separator: ","), exclusionText,
      perChannel ? "per channel" : "per tensor",
    ]
  }

  private var exclusionText: String {
    switch nodeExclusion.count {
    case 0: "none"
    case NodeGroup.allCases.count: "all groups"
    default: nodeExclusion.map(\.rawValue).joined(separator: ",")
    }
  }

  /// Counts by operator, in the order of the operators' names: `Add 25, MatMul 37`.
  var quantizedNodesText: String {
    let counts = quantizedNodes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    return counts.isEmpty ? "none" : counts.joined(separator: ", ")
  }
}

extension BenchReport {
  /// Batch sizes and input lengths for which there are times, in the order of the measurements.
  var cells: [Cell] {
    distinct(
      configurations.flatMap(\.time).map { Cell(batch: $0.batchSize, length: $0.inputLength) })
  }

  struct Cell: Hashable {
    let batch, length: Int
  }

  /// The configurations with their times at `cell`.
  func times(at cell: Cell) -> [(ConfigurationReport, TimeCell)] {
    configurations.flatMap { configuration in
      configuration.time
        .filter { $0.batchSize == cell.batch && $0.inputLength == cell.length }
        .map { (configuration, $0) }
    }
  }

  /// What a reader of the tables has to know about Add; nil where no configuration names it.
  var noteOnAdd: String? {
    let naming = configurations.filter { $0.operatorsToQuantize.contains(.add) }
    if naming.isEmpty { return nil }
    if naming.contains(where: { $0.quantizedNodes["Add", default: 0] > 0 }) {
      return "Add is quantized by vitq; ONNX Runtime's dynamic quantization leaves it in fp32 "
        + "(the preset ort does the same)."
    }
    return "Add is left in fp32, as ONNX Runtime's dynamic quantization leaves it."
  }
}
