import Foundation
import TensorIO
import TestSupport
import Testing

/// Models that call functions of their own, against what ONNX Runtime makes of them.
@Suite struct FunctionGoldenTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "FunctionCases").path(percentEncoded: false)

  @Test func functionsMeanWhatTheyMeanToOnnxRuntime() throws {
    let cases = try TestCase.find(under: Self.folder)
    #expect(cases.count == 14)
    for test in cases {
      #expect(test.run(options: .test(), tolerance: Tolerance()) == .passed, "\(test.path)")
    }
  }
}
