import OnnxParse
import ViTEngine
import ViTKernel

extension TestCase {
  /// What became of one test case.
  public enum Outcome: Sendable, Equatable {
    /// All outputs of all data sets are within the tolerance.
    case passed
    /// The model ran and an output differs; where, and how.
    case differs(String)
    /// The model or its data can't be loaded or run; why.
    case failed(String)
    /// The engine says that it does not have what the model needs; what.
    case unsupported(String)
  }

  /// Runs the model on each data set and compares its outputs with the expected ones.
  public func run(options: SessionOptions, tolerance: Tolerance) -> Outcome {
    do {
      let session = try Session(model: Model.open(path: model), options: options)
      for set in dataSets {
        if let difference = try run(set, session, tolerance) { return .differs(difference) }
      }
      return .passed
    } catch {
      let why = "\(error)"
      let prefix = "\(model): "
      let reason = why.hasPrefix(prefix) ? String(why.dropFirst(prefix.count)) : why
      if case .unsupported? = (error as? EngineError)?.kind { return .unsupported(reason) }
      return .failed(reason)
    }
  }

  private func run(
    _ set: DataSet, _ session: Session, _ tolerance: Tolerance
  ) throws -> String? {
    guard !set.outputs.isEmpty else {
      throw TensorFileError(
        file: "\(path)/\(set.name)", reason: "holds no output_0.pb to compare with")
    }
    var inputs: [String: Tensor] = [:]
    for (place, file) in set.inputs {
      guard place < session.inputs.count else {
        throw TensorFileError(file: file, reason: "the model has \(session.inputs.count) inputs")
      }
      inputs[session.inputs[place].name] = try TensorFile.read(file)
    }
    let outputs = try session.run(inputs)
    for (place, file) in set.outputs.sorted(by: { $0.key < $1.key }) {
      guard place < session.outputs.count, let actual = outputs[session.outputs[place].name] else {
        throw TensorFileError(file: file, reason: "the model has \(session.outputs.count) outputs")
      }
      let difference = TensorDifference.between(
        actual, try TensorFile.read(file), tolerance: tolerance)
      if let difference { return "\(set.name), \(session.outputs[place].name): \(difference)" }
    }
    return nil
  }
}
