import Quant

/// What quantization does at one node, over the images measured so far.
///
/// Measurements of the same node over different images can be merged; sums differ from those of one
/// pass in the order of their terms alone.
public struct NodeMeasurement: Sendable, Equatable, Codable {
  /// Errors at the node's own output, its inputs being those of the fp32 model. The reference is the
  /// fp32 node.
  public struct Local: Sendable, Equatable, Codable {
    /// Constants quantized and dequantized, activations fp32; nil where the node has no constant that
    /// is quantized.
    public var weights: ErrorSums?
    /// Activations quantized and dequantized, constants fp32.
    public var activations = ErrorSums()
    /// Both: the quantized node.
    public var both = ErrorSums()
  }

  /// Errors at the node's output where its inputs are those of the quantized model.
  public struct Propagated: Sendable, Equatable, Codable {
    /// Images measured so.
    public var images = 0
    /// The fp32 node on the quantized model's inputs, against the fp32 node on the fp32 model's: what
    /// came in.
    public var inherited = ErrorSums()
    /// The quantized node against the fp32 node, both on the quantized model's inputs: what is made
    /// here.
    public var created = ErrorSums()
    /// The quantized node on the quantized model's inputs against the fp32 node on the fp32 model's.
    public var total = ErrorSums()
  }

  /// Images measured.
  public internal(set) var images = 0
  /// Errors on reference inputs.
  public internal(set) var local = Local()
  /// Errors on inputs of the quantized model, over the images that had them.
  public internal(set) var propagated = Propagated()
  /// Clamping of the node's constants, counted once; nil where none is quantized.
  public internal(set) var weightClipping: Clipping?
  /// Every activation that the node reads, by name, as the fp32 model has it.
  public internal(set) var inputs: [String: InputStatistics] = [:]
  /// What `vpmaddubsw` would have done; nil but for products of uint8 activations with a constant int8
  /// matrix.
  public internal(set) var saturation: SaturationCount?

  enum CodingKeys: String, CodingKey {
    case images, local, propagated, inputs, saturation
    case weightClipping = "weight_clipping"
  }

  init(weightClipping: Clipping?, saturation: SaturationCount?) {
    self.weightClipping = weightClipping
    self.saturation = saturation
    local.weights = weightClipping.map { _ in ErrorSums() }
  }

  /// Adds what was measured on other images at the same node.
  public mutating func merge(_ other: NodeMeasurement) {
    images += other.images
    if let weights = other.local.weights { local.weights?.merge(weights) }
    local.activations.merge(other.local.activations)
    local.both.merge(other.local.both)
    propagated.images += other.propagated.images
    propagated.inherited.merge(other.propagated.inherited)
    propagated.created.merge(other.propagated.created)
    propagated.total.merge(other.propagated.total)
    inputs.merge(other.inputs) { own, its in
      var sum = own
      sum.merge(its)
      return sum
    }
    if let counted = other.saturation { saturation?.merge(counted) }
  }
}
