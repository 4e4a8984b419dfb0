import Foundation
import OnnxParse
import ViTEngine

/// What `inspect` reports of a model.
struct Inspection: Encodable {
  struct Value: Encodable {
    let name: String
    let type: String
    let shape: String
  }

  struct OperatorCount: Encodable {
    let name: String
    let count: Int
  }

  let file: String
  let fileBytes: Int
  let irVersion: Int64
  let opsets: [String: Int64]
  let producer: String
  let inputs: [Value]
  let outputs: [Value]
  let parameters: Int
  let initializers: Int
  /// Files that hold the weights which the model's own file does not.
  let externalFiles: [String]
  /// Functions of the model's own, which the nodes below have in their place.
  let functions: Int
  let nodes: Int
  let operators: [OperatorCount]
  /// Why each node that the engine can't run can't be run; empty where it runs them all.
  let unsupported: [String]
  /// How it runs; nil where it can't.
  let execution: Execution?

  /// - Parameter shapes: Those of the run that is described.
  /// - Throws: ``QuantizationError`` where the model contradicts itself.
  init(
    _ model: Model, file: String, externalFiles: [String], functions: Int, shapes: TrialShapes,
    options: SessionOptions
  ) throws {
    let constants = Set(model.graph.initializers.map(\.name))
    self.file = file
    fileBytes =
      (try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int).flatMap { $0 } ?? 0
    irVersion = model.irVersion
    opsets = Dictionary(
      model.opsetImports.map { ($0.domain.isEmpty ? "ai.onnx" : $0.domain, $0.version) }
    ) { first, _ in first }
    producer = [model.producerName, model.producerVersion].filter { !$0.isEmpty }
      .joined(separator: " ")
    inputs = model.graph.inputs.filter { !constants.contains($0.name) }.map(Value.init)
    outputs = model.graph.outputs.map(Value.init)
    parameters = model.graph.initializers.reduce(0) { $0 + Int($1.dims.reduce(1, *)) }
    initializers = model.graph.initializers.count
    self.externalFiles = externalFiles
    self.functions = functions
    nodes = model.graph.nodes.count
    operators = Dictionary(grouping: model.graph.nodes, by: \.qualifiedOperator)
      .map { OperatorCount(name: $0.key, count: $0.value.count) }
      .sorted { ($1.count, $0.name) < ($0.count, $1.name) }
    let faults = OperatorSupport.faults(in: model).map(\.description)
    do throws(EngineError) {
      execution = try Execution(model, shapes: shapes, options: options)
      unsupported = faults
    } catch {
      execution = nil
      unsupported = faults.isEmpty ? [error.description] : faults
    }
  }
}

extension Inspection.Value {
  fileprivate init(_ value: ValueInfo) {
    name = value.name
    guard case .tensor(let number, let dimensions) = value.type?.kind else {
      type = "not a tensor"
      shape = ""
      return
    }
    type = DataType(rawValue: number).map { "\($0)" } ?? "type \(number)"
    shape = dimensions?.text ?? "of any rank"
  }
}

extension Node {
  fileprivate var qualifiedOperator: String { domain.isEmpty ? opType : "\(domain).\(opType)" }
}
