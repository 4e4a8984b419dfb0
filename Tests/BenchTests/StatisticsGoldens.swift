import Foundation

/// What numpy, scipy and statsmodels make of small samples, by `make_statistics.py`.
struct StatisticsGoldens: Decodable {
  struct McNemar: Decodable {
    let fixed, broken: Int
    let p, logP: Double
  }

  struct Wilson: Decodable {
    let successes, trials: Int
    let lower, upper: Double
  }

  struct Detectable: Decodable {
    let images, discordant: Int
    let drop, exactPower: Double
  }

  struct Limit: Decodable {
    let images: Int
    let limit: Double
  }

  struct Bootstrap: Decodable {
    let images, fixed, broken: Int
    let firstGains: [Int]
    let lower, upper: Double
    /// Chance of a gain of at most -images, 1 - images and so on.
    let cdf: [Double]
  }

  struct Logits: Decodable {
    let baseline, candidate: [[Float]]
    let sqnrDb, cosine, maxAbsError, meanKl: Double
    let divergences: [Double]
    let changed: Int
  }

  struct Digests: Decodable {
    let empty, abc, large, images: String
  }

  let mcnemar: [McNemar]
  let wilson: [Wilson]
  let detectable: [Detectable]
  let limit: [Limit]
  let bootstrap: [Bootstrap]
  let logits: Logits
  let digests: Digests

  static func load() throws -> StatisticsGoldens {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Expected/statistics.json")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(StatisticsGoldens.self, from: Data(contentsOf: file))
  }
}

/// Whether `value` is within `tolerance` of `expected`, relative to it.
func near(_ value: Double, _ expected: Double, within tolerance: Double) -> Bool {
  abs(value - expected) <= tolerance * abs(expected)
}
