import Foundation
import TensorIO
import TestSupport
import Testing

/// Models as people export, quantize and optimize them, with outputs that ONNX Runtime gave.
@Suite struct ZooTests {
  /// A line of `zoo.json`: `atol` goes with what the model's numbers are, `reason` says how.
  struct Entry: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let family: String
    let exporter: String
    let rtol: Double
    let atol: Double
    let reason: String
    var testDescription: String { name }
  }

  static let entries =
    (try? JSONDecoder().decode(
      [Entry].self, from: Data(contentsOf: URL(filePath: Fixtures.path("zoo/zoo.json"))))) ?? []

  @Test func everyFolderIsListed() throws {
    let root = Fixtures.path("zoo")
    let folders = try TestCase.find(under: root).map { String($0.path.dropFirst(root.count + 1)) }
    #expect(folders == Self.entries.map(\.name).sorted())
    #expect(Self.entries.count > 50)
  }

  @Test(arguments: entries)
  func modelsGiveWhatOnnxRuntimeGives(entry: Entry) throws {
    let tolerance = Tolerance(relative: entry.rtol, absolute: entry.atol)
    for test in try TestCase.find(under: Fixtures.path("zoo/\(entry.name)")) {
      test.expectToPass(tolerance, "allowed is \(entry.reason)")
    }
  }
}
