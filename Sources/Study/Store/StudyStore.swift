import Foundation
import OnnxParse
import TensorIO
import ViTKernel

/// A folder in which a study keeps each variant's logits as soon as it has them, so that an
/// interrupted study can go on.
///
///     study.json                what is studied, see ``StudyRecord``
///     progress.jsonl            a line for each variant and pass that is done, with its times
///     logits/v0012-0.npy        float32 [images of the pass, classes]; v0012.npy when all is done
///     labels.npy                int64 [images], where they have labels
public final class StudyStore {
  /// Where it is.
  let folder: String
  private var done: [Place: Line] = [:]

  private struct Place: Hashable {
    let variant: Int
    let pass: Int
  }

  private struct Line: Codable {
    let variant: Int
    let pass: Int
    var timing: RegionTiming?
  }

  /// What was kept of a variant and a pass.
  struct Kept {
    let logits: [[Float]]
    let timing: RegionTiming?
  }

  /// A store in `folder`, which is made where it is not there.
  ///
  /// - Parameter resumes: True to go on with what is there, if anything; it must be of the same
  ///   study. False to begin anew: what an earlier study kept there is removed.
  /// - Throws: ``StudyError`` where another study is to be gone on with, ``OnnxError`` or a file
  ///   system's error where the folder can't be written.
  public init(folder: String, record: StudyRecord, resumes: Bool) throws {
    self.folder = folder
    let manager = FileManager.default
    do {
      try manager.createDirectory(atPath: folder + "/logits", withIntermediateDirectories: true)
    } catch {
      throw StudyError.unreadable(file: folder, why: "can't be made: \(error.localizedDescription)")
    }
    let path = folder + "/study.json"
    if resumes, manager.fileExists(atPath: path) {
      let old = try StudyRecord.load(path: path)
      if let difference = record.difference(from: old) {
        throw StudyError.otherStudy(folder: folder, what: difference)
      }
      try readProgress()
    } else {
      try clear()
      try WholeFile.write(try record.encoded(), to: path)
    }
  }

  /// What there is of `variant` over the images of `pass`; nil where it must be run.
  func kept(variant: Int, pass: StudyPass) -> Kept? {
    guard let line = done[Place(variant: variant, pass: pass.index)] else { return nil }
    if let logits = try? read(path(variant, pass.index)), logits.count == pass.images.count {
      return Kept(logits: logits, timing: line.timing)
    }
    guard let all = try? read(folder + "/" + Self.logitsFile(variant)),
      all.count >= pass.images.upperBound
    else { return nil }
    return Kept(logits: Array(all[pass.images]), timing: line.timing)
  }

  /// Keeps the logits of each image, and the times.
  func keep(_ logits: [[Float]], _ timing: RegionTiming?, variant: Int, pass: Int) throws {
    try write(logits, to: path(variant, pass))
    let line = Line(variant: variant, pass: pass, timing: timing)
    try append(line)
    done[Place(variant: variant, pass: pass)] = line
  }

  /// Joins the passes of each variant to one file in their place, and keeps the labels.
  func finish(labels: [Int]?) throws {
    if let labels {
      let tensor = Tensor(labels.map { Int64($0) }, shape: [labels.count])
      try WholeFile.write(Npy.encode(tensor), to: folder + "/" + Self.labelsFile)
    }
    for variant in Set(done.keys.map(\.variant)).sorted() {
      let passes = done.keys.filter { $0.variant == variant }.map(\.pass).sorted()
      let files = passes.map { path(variant, $0) }
        .filter { FileManager.default.fileExists(atPath: $0) }
      // Where some are gone, they were joined before an interruption.
      if files.count == passes.count {
        try write(try files.flatMap(read), to: folder + "/" + Self.logitsFile(variant))
      }
      for file in files { try FileManager.default.removeItem(atPath: file) }
    }
    // The order of the variants, not that in which they were run, which parts of a study do not share.
    try writeProgress()
  }

  /// Where a finished study has the class of each image, within its folder: int64.
  static let labelsFile = "labels.npy"

  /// Where a finished study has the logits of `variant`, within its folder.
  static func logitsFile(_ variant: Int) -> String { "logits/\(name(variant)).npy" }

  private static func name(_ variant: Int) -> String {
    let digits = String(variant)
    return "v" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  private func path(_ variant: Int, _ pass: Int) -> String {
    "\(folder)/logits/\(Self.name(variant))-\(pass).npy"
  }

  private func write(_ rows: [[Float]], to path: String) throws {
    let tensor = Tensor(rows.flatMap { $0 }, shape: [rows.count, rows.first?.count ?? 0])
    try WholeFile.write(Npy.encode(tensor), to: path)
  }

  private func read(_ path: String) throws -> [[Float]] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw StudyError.unreadable(file: path, why: "can't be read")
    }
    let tensor = try Npy.decode([UInt8](data), file: path)
    guard tensor.elementType == .float32, tensor.shape.count == 2 else {
      throw StudyError.unreadable(file: path, why: "should be float32 of shape [images, classes]")
    }
    let (values, width) = (tensor.elements(of: Float.self), tensor.shape[1])
    return (0..<tensor.shape[0]).map { Array(values[$0 * width..<($0 + 1) * width]) }
  }

  private static func encoded(_ line: Line) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try encoder.encode(line) + [UInt8(ascii: "\n")]
  }

  private var progressPath: String { folder + "/progress.jsonl" }

  private func append(_ line: Line) throws {
    let data = try Self.encoded(line)
    guard let handle = FileHandle(forUpdatingAtPath: progressPath) else {
      throw StudyError.unreadable(file: progressPath, why: "can't be written")
    }
    defer { try? handle.close() }
    try handle.seekToEnd()
    try handle.write(contentsOf: data)
  }

  /// A line that an interruption cut off counts for nothing.
  private func readProgress() throws {
    let text = FileManager.default.contents(atPath: progressPath) ?? Data()
    for data in text.split(separator: UInt8(ascii: "\n")) {
      guard let line = try? JSONDecoder().decode(Line.self, from: data) else { continue }
      done[Place(variant: line.variant, pass: line.pass)] = line
    }
    // What was cut off must not be joined to the next line.
    try writeProgress()
  }

  /// Writes all lines again, in order.
  private func writeProgress() throws {
    let lines = try done.values.sorted { ($0.variant, $0.pass) < ($1.variant, $1.pass) }
      .map(Self.encoded)
    try WholeFile.write(lines.flatMap { [UInt8]($0) }, to: progressPath)
  }

  private func clear() throws {
    let manager = FileManager.default
    // A report must not outlive the logits that it speaks of.
    for name in ["json", "html", "md", "csv"].map({ "report." + $0 }) + [Self.labelsFile]
    where manager.fileExists(atPath: folder + "/" + name) {
      try manager.removeItem(atPath: folder + "/" + name)
    }
    for name in (try? manager.contentsOfDirectory(atPath: folder + "/logits")) ?? []
    where name.hasPrefix("v") && name.hasSuffix(".npy") {
      try manager.removeItem(atPath: "\(folder)/logits/\(name)")
    }
    try WholeFile.write([], to: progressPath)
  }
}
