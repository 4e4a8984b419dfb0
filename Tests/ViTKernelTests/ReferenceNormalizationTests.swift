import Testing
import ViTKernel

@Suite struct ReferenceNormalizationTests {
  @Test func softmax() throws {
    // numpy: e = np.exp([1, 2, 3]); e / e.sum()
    let x = Tensor([Float(1), 2, 3], shape: [1, 3])
    #expect(
      areClose(try Reference.softmax(x).elements(), [0.09003057, 0.24472848, 0.66524094]))
    #expect(
      areClose(
        try Reference.softmax(x, logarithm: true).elements(),
        [-2.407606, -1.407606, -0.407606]))
    let large = Tensor([Float(1000), 1000, -.infinity], shape: [3])
    #expect(try Reference.softmax(large).elements() == [Float(0.5), 0.5, 0])
    let hopeless = Tensor([-Float.infinity, -.infinity], shape: [2])
    #expect(areClose(try Reference.softmax(hopeless).elements(), [.nan, .nan]))
    #expect(try Reference.softmax(Tensor(.float32, shape: [2, 0])).shape == [2, 0])
    #expect(isInvalid { try Reference.softmax(x, axis: 2) })
    #expect(isUnsupported { try Reference.softmax(counting(3)) })
  }

  @Test func softmaxBeforeOpset13FlattensTheAxesAfterIts() throws {
    let x = Tensor(.float32, shape: [2, 3, 2])
    let flattened: [Float] = try Reference.softmax(x, axis: 1, flattened: true).elements()
    #expect(areClose(flattened, [Float](repeating: 1 / 6, count: 12)))
    let along: [Float] = try Reference.softmax(x, axis: 1).elements()
    #expect(areClose(along, [Float](repeating: 1 / 3, count: 12)))
  }

  @Test func layerNormalization() throws {
    // numpy: (x - x.mean()) / np.sqrt(x.var() + 1e-5), x = [1, 2, 3, 4]
    let x = Tensor([Float(1), 2, 3, 4, 5, 5, 5, 5], shape: [2, 4])
    let scale = Tensor([Float(1), 1, 2, 2], shape: [4])
    let bias = Tensor([Float(0), 0, 0, 1], shape: [4])
    let result = try Reference.layerNormalization(x, scale: scale, bias: bias)
    #expect(
      areClose(
        result.y.elements(),
        [-1.3416355, -0.4472118, 0.8944236, 3.683271, 0, 0, 0, 1]))
    #expect(result.mean.shape == [2, 1])
    #expect(result.mean.elements() == [Float(2.5), 5])
    #expect(
      areClose(
        result.inverseStandardDeviation.elements(), [0.8944236, 316.22778], tolerance: 1e-4))
  }

  @Test func layerNormalizationOverSeveralAxes() throws {
    let x = Tensor([Double(0), 0, 2, 2], shape: [1, 2, 2])
    let scale = Tensor([Double](repeating: 1, count: 4), shape: [2, 2])
    let result = try Reference.layerNormalization(x, scale: scale, axis: 1, epsilon: 0)
    #expect(result.y.elements() == [Double(-1), -1, 1, 1])
    #expect(result.mean.elementType == .float32)
    #expect(result.mean.shape == [1, 1, 1])
    #expect(
      isInvalid { try Reference.layerNormalization(x, scale: Tensor(.float64, shape: [3])) })
    #expect(
      isInvalid { try Reference.layerNormalization(x, scale: Tensor(.float32, shape: [2])) })
    #expect(isUnsupported { try Reference.layerNormalization(counting(2), scale: counting(2)) })
  }
}
