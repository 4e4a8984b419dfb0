import Bench
import Quant

/// The figures of a study as people compare them.
extension StudyReport {
  /// The fp32 model.
  public var fp32: VariantReport { variants[0] }

  /// All nodes of the reference quantized.
  public var all: VariantReport { variants[min(1, variants.count - 1)] }

  /// The variant that quantizes only `subject`.
  public func oneIn(_ subject: SubjectReport) -> VariantReport { variants[subject.oneIn] }

  /// The variant that quantizes all of the reference but `subject`.
  public func oneOut(_ subject: SubjectReport) -> VariantReport? {
    subject.oneOut.map { variants[$0] }
  }

  /// The subjects of `kind`, the one whose quantization alone does most to the logits first: the least
  /// SQNR.
  public func ranked(_ kind: Subject.Kind) -> [SubjectReport] {
    subjects.filter { $0.subject.kind == kind }.enumerated()
      .sorted { left, right in
        let (first, second) = (oneIn(left.element).logits, oneIn(right.element).logits)
        if first.damage != second.damage { return first.damage > second.damage }
        return left.offset < right.offset
      }
      .map(\.element)
  }

  /// SQNR in dB that leaving `subject` in fp32 gains over all of the reference quantized.
  public func gain(_ subject: SubjectReport) -> Double? {
    guard let out = oneOut(subject)?.logits.sqnr, let all = all.logits.sqnr else { return nil }
    return out - all
  }

  /// The own error of node `name`.
  public func local(_ name: String) -> LocalReport? { local.first { $0.node == name } }
}

extension LogitError {
  /// What variants are ranked by: noise over signal of the logits; infinite where logits are not
  /// finite.
  var damage: Double { sqnr.map { -$0 } ?? .infinity }
}

extension Subject {
  /// Role and layer of a single node: `fc1 3`, `bias of query 0`.
  public var placeText: String {
    guard let place else { return "" }
    let role = place.of.map { "\(place.role.text) of \($0.text)" } ?? place.role.text
    return place.layer.map { "\(role) \($0)" } ?? role
  }
}

extension NodeRole {
  /// The role in words.
  public var text: String {
    switch self {
    case .scores: "QK^T"
    case .context: "PV"
    case .attentionOutput: "attention output"
    case .patchEmbedding: "patch embedding"
    case .biasAdd: "bias"
    case .residualAdd: "residual"
    case .positionAdd: "position"
    case .layerNormAdd: "LayerNorm Add"
    case .geluAdd: "GELU Add"
    case .maskAdd: "mask"
    default: rawValue
    }
  }
}

extension PairedComparison {
  /// The interval of the difference in points; where no image is discordant, what may still be.
  var intervalText: String {
    if let limit = discordanceLimit { return "none seen, within \(fixed(100 * limit, 2))" }
    let interval = differenceInterval
    return "\(fixed(100 * interval.lower, 2)) to \(fixed(100 * interval.upper, 2))"
  }
}

extension PairedOutcomes {
  /// Fraction of the images that the baseline labels correctly.
  public var originalAccuracy: Double { Double(bothRight + broken) / Double(max(1, images)) }

  /// Fraction of the images that the candidate labels correctly.
  public var optimizedAccuracy: Double { Double(bothRight + fixed) / Double(max(1, images)) }
}
