import Bench
import Foundation
import TensorIO
import ViTKernel

extension StudyPart {
  /// What the file of a part is called.
  public var fileName: String { "study-\(shard.index)-of-\(shard.count).jsonl" }

  /// The first line of a file.
  private struct Head: Codable {
    var schema = StudyPart.schema
    let shard: Shard
    let skeleton: StudyReport
    let variantCount: Int
    let labels: [Int]?
    let lines: Int

    enum CodingKeys: String, CodingKey {
      case schema, shard, skeleton, labels, lines
      case variantCount = "variant_count"
    }
  }

  /// Each further line: a variant, with its logits as the bytes of a .npy file, or a node's own error.
  private struct Line: Codable {
    var variant: Int?
    var report: VariantReport?
    var logits: Data?
    var local: LocalReport?
  }

  /// The part in JSON Lines: what all parts have, then a line for each variant and node.
  ///
  /// - Throws: `EncodingError`.
  public func encoded() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let head = Head(
      shard: shard, skeleton: skeleton, variantCount: variantCount, labels: labels,
      lines: variants.count + local.count)
    let lines =
      variants.sorted { $0.key < $1.key }.map { index, variant in
        let rows = variant.logits
        let tensor = Tensor(rows.flatMap { $0 }, shape: [rows.count, rows.first?.count ?? 0])
        return Line(variant: index, report: variant.report, logits: Data(Npy.encode(tensor)))
      } + local.map { Line(local: $0) }
    let texts = try [encoder.encode(head)] + lines.map { try encoder.encode($0) }
    return texts.map { String(decoding: $0, as: UTF8.self) + "\n" }.joined()
  }

  /// Reads what ``encoded()`` gave, from `data` of `file`.
  ///
  /// - Throws: ``BenchError`` naming the file, and the line where one is malformed.
  public init(decoding data: Data, file: String) throws(BenchError) {
    let decoder = JSONDecoder()
    let lines = data.split(separator: UInt8(ascii: "\n"))
    guard let first = lines.first, let head = try? decoder.decode(Head.self, from: first) else {
      throw .unreadable(file: file, why: "its first line is not that of a part of a study")
    }
    guard head.schema == Self.schema else {
      throw .unreadable(file: file, why: "its schema is \(head.schema), not \(Self.schema)")
    }
    guard head.lines == lines.count - 1 else {
      throw .unreadable(
        file: file, why: "has \(lines.count - 1) lines of results and should have \(head.lines)")
    }
    self.init(
      shard: head.shard, skeleton: head.skeleton, variantCount: head.variantCount,
      labels: head.labels, variants: [:], local: [])
    for (index, data) in lines.dropFirst().enumerated() {
      guard let line = try? decoder.decode(Line.self, from: data), add(line, file: file) else {
        throw .unreadable(
          file: file, why: "line \(index + 2) does not describe a variant or a node")
      }
    }
  }

  /// Adds what `line` says; false where it says nothing.
  private mutating func add(_ line: Line, file: String) -> Bool {
    if let report = line.local {
      local.append(report)
      return true
    }
    guard let index = line.variant, let report = line.report, let bytes = line.logits,
      let tensor = try? Npy.decode([UInt8](bytes), file: file), tensor.elementType == .float32,
      tensor.shape.count == 2, tensor.shape[0] == skeleton.record.imageCount
    else { return false }
    let (values, width) = (tensor.elements(of: Float.self), tensor.shape[1])
    let rows = (0..<tensor.shape[0]).map { Array(values[$0 * width..<($0 + 1) * width]) }
    variants[index] = Variant(report: report, logits: rows)
    return true
  }
}
