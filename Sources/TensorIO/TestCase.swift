import Foundation

/// A folder in the layout of ONNX's own tests: `model.onnx`, and in each `test_data_set_N` the files
/// `input_M.pb` and `output_M.pb`, M counting the model's inputs and outputs in order.
public struct TestCase: Sendable, Equatable {
  /// One set of inputs and the outputs that are expected for them.
  public struct DataSet: Sendable, Equatable {
    /// The folder's name, such as `test_data_set_0`.
    public let name: String
    /// Paths of the input tensors by the input's place.
    public let inputs: [Int: String]
    /// Paths of the expected tensors by the output's place; where there are none, the test fails.
    public let outputs: [Int: String]
  }

  /// The folder, as it was given or found.
  public let path: String
  /// The data sets by number; never empty.
  public let dataSets: [DataSet]

  /// The path of the model.
  public var model: String { "\(path)/model.onnx" }

  /// All test cases at or below the folder at `path`, sorted by name.
  ///
  /// - Throws: ``TensorFileError`` where `path` is no folder, or has no test case in it.
  public static func find(under path: String) throws(TensorFileError) -> [TestCase] {
    let root = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: root, isDirectory: &isFolder) else {
      throw TensorFileError(file: root, reason: "no such folder")
    }
    guard isFolder.boolValue, let below = FileManager.default.enumerator(atPath: root) else {
      throw TensorFileError(file: root, reason: "not a folder")
    }
    let models = below.compactMap { $0 as? String }.filter {
      $0 == "model.onnx" || $0.hasSuffix("/model.onnx")
    }
    let cases = models.sorted().compactMap { model in
      let folder = model.dropLast("/model.onnx".count)
      return TestCase(path: folder.isEmpty ? root : "\(root)/\(folder)")
    }
    guard !cases.isEmpty else {
      throw TensorFileError(
        file: root,
        reason: "holds no ONNX test: a folder with model.onnx and test_data_set_0/output_0.pb")
    }
    return cases
  }

  private init?(path: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let numbered = names.compactMap { name in number(in: name, between: "test_data_set_", and: "") }
    self.path = path
    dataSets = numbered.sorted().map { number in
      let name = "test_data_set_\(number)"
      return DataSet(
        name: name, inputs: Self.files("input_", in: "\(path)/\(name)"),
        outputs: Self.files("output_", in: "\(path)/\(name)"))
    }
    if dataSets.isEmpty { return nil }
  }

  private static func files(_ prefix: String, in folder: String) -> [Int: String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let places = names.compactMap { name in
      number(in: name, between: prefix, and: ".pb").map { ($0, "\(folder)/\(name)") }
    }
    return Dictionary(places) { first, _ in first }
  }
}

/// The number in `name` between `prefix` and `suffix`.
private func number(in name: String, between prefix: String, and suffix: String) -> Int? {
  guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { return nil }
  return Int(name.dropFirst(prefix.count).dropLast(suffix.count))
}
