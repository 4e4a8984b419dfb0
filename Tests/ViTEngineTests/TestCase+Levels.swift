import TensorIO
import TestSupport
import Testing
import ViTEngine

extension TestCase {
  /// Expects the outputs to be within `tolerance` at every optimization level.
  ///
  /// Without optimization no constants are folded, so a shape that is computed by more than shape
  /// arithmetic is not known in time; the engine may say so at that level, and nothing else.
  func expectToPass(_ tolerance: Tolerance, _ comment: Comment? = nil) {
    for level in OptimizationLevel.allCases {
      let outcome = run(options: .test(optimization: level, threads: 2), tolerance: tolerance)
      if level == .none, case .unsupported(let what) = outcome,
        what.contains("computed from the data")
      {
        continue
      }
      #expect(outcome == .passed, "\(level) \(comment?.rawValue ?? "")")
    }
  }
}
