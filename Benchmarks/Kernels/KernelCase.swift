import ViTEngine
import ViTKernel

/// One kernel at one shape, ready to be called.
struct KernelCase {
  /// What a kernel is limited by, and so measured against.
  enum Kind: String, Codable, CaseIterable {
    case float32, int8, memory
  }

  /// What runs, such as `linear int8`.
  let kernel: String
  /// Where a Vision Transformer has it, such as `fc1`.
  let role: String
  /// The sizes, such as `197x768x3072` for rows x depth x columns.
  let shape: String
  let kind: Kind
  /// Multiplications and additions of the products, or of the elements for `memory`.
  let operations: Double
  /// Bytes that must be read and written at least once.
  let bytes: Double
  let run: () throws(KernelError) -> Void
}

/// The sizes of a Vision Transformer that its kernels' shapes follow from.
struct ModelShape {
  let name: String
  let hidden: Int
  let heads: Int
  let batch: Int

  static let tokens = 197

  /// ViT-Tiny, Small, Base and Large with patches of 16 at 224 pixels.
  static func all(batch: Int) -> [ModelShape] {
    [("tiny", 192, 3), ("small", 384, 6), ("base", 768, 12), ("large", 1024, 16)].map {
      ModelShape(name: $0.0, hidden: $0.1, heads: $0.2, batch: batch)
    }
  }

  var rows: Int { batch * Self.tokens }

  /// The linear layers that differ in shape, with the activation that follows them.
  var linears: [(role: String, depth: Int, columns: Int, activation: Activation)] {
    [
      ("query", hidden, hidden, .none), ("fc1", hidden, 4 * hidden, .geluErf),
      ("fc2", 4 * hidden, hidden, .none),
    ]
  }
}
