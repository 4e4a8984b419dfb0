import Quant

/// Everything that a study runs, each variant once however often it is asked for.
struct VariantTable {
  /// Which run a variant shares its beginning with, and is timed against.
  enum Base: String, Codable, Sendable {
    case fp32
    /// All nodes of the reference quantized.
    case all
  }

  struct Entry {
    let variant: Variant
    let base: Base
  }

  /// Index of the fp32 model.
  static let fp32 = 0
  /// Index of the model with all nodes of the reference quantized.
  static let all = 1

  private(set) var entries: [Entry] = []
  private var indices: [Variant: Int] = [:]
  private let order: [String: Int]
  private let form: NodeForm

  /// The variants fp32 and all.
  ///
  /// - Parameter order: All nodes that can be quantized, in the model's order.
  init(reference: [String], order: [String], form: NodeForm) {
    self.order = Dictionary(
      order.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    self.form = form
    add([], base: .fp32)
    // Where nothing is quantized, both are the same.
    add(reference, base: .fp32)
  }

  /// The index of the variant that quantizes `nodes`, in any order; in the reference's form where none
  /// is given.
  @discardableResult
  mutating func add(_ nodes: some Collection<String>, base: Base, form: NodeForm? = nil) -> Int {
    let variant = Variant(nodes: sorted(nodes), form: form ?? self.form)
    if let known = indices[variant] { return known }
    indices[variant] = entries.count
    entries.append(Entry(variant: variant, base: base))
    return entries.count - 1
  }

  /// The variant that quantizes `nodes`, in any order, each in its form.
  func variant(_ nodes: some Collection<String>, forms: [String: NodeForm]) -> Variant {
    Variant(nodes: sorted(nodes), form: form, exceptions: forms)
  }

  private func sorted(_ nodes: some Collection<String>) -> [String] {
    Set(nodes).sorted { (order[$0] ?? 0, $0) < (order[$1] ?? 0, $1) }
  }
}
