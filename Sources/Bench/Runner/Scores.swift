import ViTEngine
import ViTKernel

/// The classification scores among a plan's outputs: `logits`, or the first where none is called so.
package struct Scores {
  /// fp32 scores, [images, classes].
  package let tensor: Tensor

  package init(of session: Session, _ plan: Plan, batchSize: Int = 1) throws(BenchError) {
    let names = session.outputs.map(\.name)
    guard let name = names.first(where: { $0 == "logits" }) ?? names.first,
      let output = plan.outputs[name]
    else { throw .invalid("the model has no output") }
    guard output.elementType == .float32, output.shape.count == 2, output.shape[0] == batchSize
    else {
      throw .invalid(
        "output \"\(name)\" should be float32 of shape [batch, classes]; for \(batchSize) "
          + "image\(batchSize == 1 ? "" : "s") it is "
          + "\(output.elementType) \(output.shape)")
    }
    tensor = output
  }

  /// Checks that there is a score for every label.
  package func check(labels: [Int]) throws(BenchError) {
    try Self.check(labels: labels, classes: tensor.count)
  }

  /// Checks that `labels` are of so many classes.
  package static func check(labels: [Int], classes: Int) throws(BenchError) {
    guard let greatest = labels.max(), greatest >= classes else { return }
    throw .invalid(
      "the model has \(classes) classes, and the images have the label \(greatest); "
        + "config.json is of another model")
  }
}
