import ViTEngine
import ViTKernel

/// Values of one image between two steps of a model, by name.
struct Checkpoint {
  private(set) var values: [String: Tensor]

  init(_ values: [String: Tensor] = [:]) { self.values = values }

  /// Keeps a copy of what `plan` has for `name` now.
  mutating func keep(_ name: String, of plan: Plan) {
    guard let tensor = plan.tensor(name) else { return }
    if let own = values[name] {
      own.copyElements(from: tensor)
    } else {
      let own = Tensor(tensor.elementType, shape: tensor.shape)
      own.copyElements(from: tensor)
      values[name] = own
    }
  }

  /// Forgets all but `names`.
  mutating func forget(allBut names: Set<String>) {
    values = values.filter { names.contains($0.key) }
  }

  /// Writes the values of `names` to where `plan` has them.
  func restore(_ names: [String], to plan: Plan) {
    for name in names {
      if let value = values[name] { plan.tensor(name)?.copyElements(from: value) }
    }
  }
}
