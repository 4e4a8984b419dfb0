import Foundation
import Quant

/// How far a candidate's logits lie from the baseline's, over all images.
public struct LogitError: Codable, Sendable, Equatable {
  /// Images compared.
  public var images: Int
  /// Images whose greatest logit is another class's.
  public var changed: Int
  /// Signal-to-quantization-noise ratio in dB, ``ErrorMetrics/sqnr`` of the logits of all images as
  /// one vector; nil, as the next three, where a logit is not finite.
  public var sqnr: Double?
  /// ``ErrorMetrics/cosine`` of the logits of all images as one vector.
  public var cosine: Double?
  /// The largest difference of a logit.
  public var maxAbsoluteError: Double?
  /// Mean over the images of KL(softmax(baseline) || softmax(candidate)) in nats.
  public var meanDivergence: Double?

  enum CodingKeys: String, CodingKey {
    case images, changed, cosine
    case sqnr = "sqnr_db"
    case maxAbsoluteError = "max_abs_error"
    case meanDivergence = "mean_kl"
  }
}

/// What ``LogitError`` is computed from, added up image by image.
public struct LogitErrorSums: Codable, Sendable, Equatable {
  private var sums = ErrorSums()
  private var divergence = 0.0
  private var images = 0
  private var changed = 0

  /// The sums of no image.
  public init() {}

  /// Adds the logits of one image.
  ///
  /// - Throws: ``BenchError`` where their counts differ or there are none.
  public mutating func add(baseline: [Float], candidate: [Float]) throws(BenchError) {
    guard !baseline.isEmpty, sums.add(reference: baseline, values: candidate) else {
      throw .invalid(
        "\(candidate.count) logits can't be compared with \(baseline.count) of the baseline")
    }
    divergence += klDivergence(baseline, candidate)
    images += 1
    if argmax(baseline) != argmax(candidate) { changed += 1 }
  }

  /// Adds what `other` has added.
  public mutating func merge(_ other: LogitErrorSums) {
    sums.merge(other.sums)
    divergence += other.divergence
    images += other.images
    changed += other.changed
  }

  /// The figures for everything added so far; nil where that is nothing.
  public var error: LogitError? {
    if images == 0 { return nil }
    let metrics = sums.metrics
    return LogitError(
      images: images, changed: changed, sqnr: metrics.sqnr.finite, cosine: metrics.cosine.finite,
      maxAbsoluteError: metrics.maxAbsoluteError.finite,
      meanDivergence: (divergence / Double(images)).finite)
  }
}

/// KL(softmax(`reference`) || softmax(`other`)) in nats, for as many logits of each.
///
/// The sum of p_i (log p_i - log q_i) with log p_i = x_i - (m + log(sum of exp(x_j - m))), m the
/// greatest x; rounding that takes it below 0 is cut off. NaN where a logit is not finite.
func klDivergence(_ reference: [Float], _ other: [Float]) -> Double {
  var sum = 0.0
  for (p, q) in zip(logSoftmax(reference), logSoftmax(other)) { sum += exp(p) * (p - q) }
  return sum < 0 ? 0 : sum
}

private func logSoftmax(_ logits: [Float]) -> [Double] {
  let greatest = Double(logits.max() ?? 0)
  let shifted = logits.map { Double($0) - greatest }
  let logSum = log(shifted.reduce(0) { $0 + exp($1) })
  return shifted.map { $0 - logSum }
}

extension Double {
  /// The number, or nil where it is infinite or none.
  fileprivate var finite: Double? { isFinite ? self : nil }
}
