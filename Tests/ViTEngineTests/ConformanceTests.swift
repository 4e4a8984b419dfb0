import TensorIO
import TestSupport
import Testing

/// The ONNX project's own node tests, one or more of each version of each operator that they have.
/// `make conformance` runs all.
@Suite struct ConformanceTests {
  static let names: [String] = {
    let root = Fixtures.path("conformance")
    return ((try? TestCase.find(under: root)) ?? []).map {
      String($0.path.dropFirst(root.count + 1))
    }
  }()

  @Test func theTestsAreThere() {
    #expect(Self.names.count > 150)
  }

  @Test(arguments: names)
  func nodesGiveWhatOnnxSays(name: String) throws {
    for test in try TestCase.find(under: Fixtures.path("conformance/\(name)")) {
      test.expectToPass(Tolerance())
    }
  }
}
