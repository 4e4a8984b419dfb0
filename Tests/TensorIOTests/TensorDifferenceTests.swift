import TensorIO
import Testing
import ViTKernel

struct TensorDifferenceTests {
  @Test(arguments: [
    (1.0, 1.0, true), (1.0011, 1, false), (1.001, 1, true), (0.000_009, 0, true),
    (0.000_011, 0, false), (-100.05, -100, true), (-100.2, -100, false), (.nan, .nan, true),
    (.nan, 0, false), (0, .nan, false), (.infinity, .infinity, true),
    (.infinity, -.infinity, false), (1e30, .infinity, false), (.infinity, 1e30, false),
    (0.0, -0.0, true),
  ])
  func comparesFloats(actual: Double, expected: Double, isEqual: Bool) {
    let difference = TensorDifference.between(
      Tensor(scalar: actual), Tensor(scalar: expected), tolerance: Tolerance())
    #expect((difference == nil) == isEqual)
  }

  @Test func integersMustBeEqual() {
    let difference = TensorDifference.between(
      Tensor([100, 100] as [Int32], shape: [2]), Tensor([100, 101] as [Int32], shape: [2]),
      tolerance: Tolerance(relative: 1, absolute: 10))
    #expect(
      difference?.description
        == "1 of 2 elements differ, most at index 1: 100.0, expected 101.0, off by 1.0")
  }

  /// As doubles the two are the same number.
  @Test func largeIntegersAreNotRounded() {
    let difference = TensorDifference.between(
      Tensor(scalar: Int64.max), Tensor(scalar: Int64.max - 1), tolerance: Tolerance())
    #expect(difference != nil)
  }

  @Test func reportsTheFarthestElement() throws {
    let difference = TensorDifference.between(
      Tensor([1, 2, 3.5, 9] as [Float], shape: [4]), Tensor([1, 2.5, 3, 4] as [Float], shape: [4]),
      tolerance: Tolerance())
    guard case .values(let values) = difference else {
      Issue.record("\(String(describing: difference))")
      return
    }
    #expect(values.count == 3 && values.total == 4)
    #expect(values.worstIndex == 3 && values.actual == 9 && values.expected == 4)
  }

  @Test func shapeAndTypeComeFirst() {
    let tensor = Tensor([1, 2] as [Float], shape: [2])
    #expect(
      TensorDifference.between(tensor, tensor.reshaped([1, 2]), tolerance: Tolerance())
        == .shape(actual: [2], expected: [1, 2]))
    #expect(
      TensorDifference.between(
        tensor, Tensor([1, 2] as [Double], shape: [2]), tolerance: Tolerance())
        == .elementType(actual: .float32, expected: .float64))
  }
}
