import OnnxParse

/// What of ONNX the engine runs.
public enum OperatorSupport {
  /// An operator.
  public struct Entry: Sendable, Hashable, Encodable {
    /// The operator set it belongs to: `ai.onnx` or `com.microsoft`.
    public let domain: String
    /// The name.
    public let name: String
    /// The versions that changed it and that the engine implements, ascending.
    public let versions: [Int64]
    /// The element types of its data, in words.
    public let types: String
    /// Who computes it: a kernel, the plain reference, or nobody at run time.
    public let kernel: String
  }

  /// The versions of ONNX's own operator set.
  public static var opsets: ClosedRange<Int64> { OperatorRegistry.supportedOpsets }

  /// The operators, by name.
  public static var operators: [Entry] {
    OperatorRegistry.entries.values.map { entry in
      Entry(
        domain: entry.domain.rawValue, name: entry.name, versions: entry.versions,
        types: entry.types.rawValue, kernel: entry.kernel.rawValue)
    }
    .sorted { ($0.domain, $0.name) < ($1.domain, $1.name) }
  }

  /// Why the engine can't decode `model`: its operator set, or each node at fault; empty where it
  /// can. Shapes and types of values are not looked at.
  public static func faults(in model: Model) -> [EngineError] {
    guard let opset = model.opset, opsets.contains(opset) else {
      let found = model.opset.map { "opset \($0)" } ?? "a model without ONNX's own operators"
      return [
        EngineError(
          .unsupported(
            "\(found); versions \(opsets.lowerBound) to \(opsets.upperBound) are supported"))
      ]
    }
    return model.graph.nodes.enumerated().compactMap { index, node in
      let origin = NodeOrigin(index: index, name: node.name, opType: node.opType)
      do throws(EngineError) {
        _ = try OperatorRegistry.decode(node, opset: opset, label: origin.label)
        return nil
      } catch {
        return error
      }
    }
  }
}
