/// One of several equal parts of a measurement, each of which can run on another machine.
public struct Shard: Codable, Sendable, Hashable {
  /// Its number, from 1.
  public let index: Int
  /// Number of parts, at most ``limit``.
  public let count: Int

  /// Most parts of a measurement.
  public static let limit = 1_000_000

  /// Part `index` of `count`; nil where there is no such part.
  public init?(index: Int, count: Int) {
    guard index >= 1, index <= count, count <= Self.limit else { return nil }
    self.index = index
    self.count = count
  }

  private enum CodingKeys: CodingKey { case index, count }

  /// Decodes a part that there may be.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let index = try values.decode(Int.self, forKey: .index)
    guard let shard = Shard(index: index, count: try values.decode(Int.self, forKey: .count)) else {
      throw DecodingError.dataCorruptedError(
        forKey: .index, in: values, debugDescription: "no such part")
    }
    self = shard
  }

  /// Everything in one part.
  public static let whole = Shard()

  private init() {
    index = 1
    count = 1
  }

  /// The positions among `total` that are its own: of those in a row as many as of every other part,
  /// or one less.
  public func range(of total: Int) -> Range<Int> {
    let whole = total / count
    let rest = total % count
    func start(_ part: Int) -> Int { part * whole + min(part, rest) }
    return start(index - 1)..<start(index)
  }

  /// Whether position `position` is its own where parts take turns.
  public func owns(_ position: Int) -> Bool { position % count == index - 1 }
}

extension Shard: CustomStringConvertible {
  /// Such as `2/3`.
  public var description: String { "\(index)/\(count)" }
}

extension Shard {
  /// Reads `2/3`; nil where `text` is something else.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let index = parts[0], let count = parts[1] else { return nil }
    self.init(index: index, count: count)
  }

  /// Checks that `parts`, with the names of their files, are each part of one whole exactly once.
  ///
  /// - Throws: ``BenchError/invalid(_:)`` naming what is missing, doubled, or of another division.
  public static func check(_ parts: [(shard: Shard, file: String)]) throws(BenchError) {
    guard let first = parts.first else { throw .invalid("no parts to merge") }
    var seen: [Int: String] = [:]
    for (shard, file) in parts {
      guard shard.count == first.shard.count else {
        throw .invalid(
          "\(file): is part \(shard), and \(first.file) is part \(first.shard): another division")
      }
      if let other = seen[shard.index] {
        throw .invalid("\(file): part \(shard) is there twice, also in \(other)")
      }
      seen[shard.index] = file
    }
    let missing = (1...first.shard.count).filter { seen[$0] == nil }
    guard missing.isEmpty else {
      let names = missing.prefix(10).map { "\($0)/\(first.shard.count)" }.joined(separator: ", ")
      throw .invalid(
        missing.count == 1
          ? "part \(names) is missing"
          : "\(missing.count) parts are missing: \(names)\(missing.count > 10 ? ", ..." : "")")
    }
  }
}
