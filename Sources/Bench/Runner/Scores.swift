import ViTEngine
import ViTKernel

/// The classification scores among a plan's outputs: `logits`, or the first where none is called so.
struct Scores {
  /// fp32 scores of one image.
  let tensor: Tensor

  init(of session: Session, _ plan: Plan) throws(BenchError) {
    let names = session.outputs.map(\.name)
    guard let name = names.first(where: { $0 == "logits" }) ?? names.first,
      let output = plan.outputs[name]
    else { throw .invalid("the model has no output") }
    guard output.elementType == .float32, output.shape.count == 2, output.shape[0] == 1 else {
      throw .invalid(
        "output \"\(name)\" should be float32 of shape [batch, classes]; for one image it is "
          + "\(output.elementType) \(output.shape)")
    }
    tensor = output
  }

  /// Checks that there is a score for every label.
  func check(labels: [Int]) throws(BenchError) {
    guard let greatest = labels.max(), greatest >= tensor.count else { return }
    throw .invalid(
      "the model has \(tensor.count) classes, and the images have the label \(greatest); "
        + "config.json is of another model")
  }
}
