import OnnxParse

/// What of ONNX the engine runs.
public enum OperatorSupport {
  /// An operator of ONNX's own domain.
  public struct Entry: Sendable, Hashable {
    /// The name.
    public let name: String
    /// The versions that changed it and that the engine implements, ascending.
    public let versions: [Int64]
  }

  /// The versions of ONNX's own operator set.
  public static var opsets: ClosedRange<Int64> { OperatorRegistry.supportedOpsets }

  /// The operators, by name.
  public static var operators: [Entry] {
    OperatorRegistry.entries.values.map { Entry(name: $0.name, versions: $0.versions) }
      .sorted { $0.name < $1.name }
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
