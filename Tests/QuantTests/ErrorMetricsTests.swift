import Quant
import Testing

@Suite struct ErrorMetricsTests {
  @Test func followsTheFormulas() throws {
    let metrics = try #require(ErrorMetrics(reference: [3, 4], values: [3, 3]))
    // |r| = 5, |r - x| = 1, r.x = 21, |x| = sqrt 18
    #expect(abs(metrics.sqnr - 13.979400086720377) < 1e-12)
    #expect(abs(metrics.cosine - 21 / (5 * 18.0.squareRoot())) < 1e-15)
    #expect(metrics.maxAbsoluteError == 1)
    #expect(metrics.meanAbsoluteError == 0.5)
  }

  @Test func equalTensorsHaveNoError() throws {
    let metrics = try #require(ErrorMetrics(reference: [1, -2], values: [1, -2]))
    // 20 * log10(sqrt 5 / 2^-52)
    #expect(abs(metrics.sqnr - 320.06089553390063) < 1e-9)
    #expect(abs(metrics.cosine - 1) < 1e-15)
    #expect(metrics.maxAbsoluteError == 0)
  }

  @Test func oppositeTensorsHaveTheNoiseOfTwiceTheSignal() throws {
    let metrics = try #require(ErrorMetrics(reference: [2, 0], values: [-2, 0]))
    #expect(metrics.cosine == -1)
    #expect(abs(metrics.sqnr + 6.020599913279624) < 1e-12)
    #expect(metrics.maxAbsoluteError == 4)
  }

  @Test func zerosHaveADefinedCosine() throws {
    #expect(try #require(ErrorMetrics(reference: [0, 0], values: [0, 0])).cosine == 1)
    #expect(try #require(ErrorMetrics(reference: [0, 0], values: [1, 0])).cosine == 0)
    #expect(try #require(ErrorMetrics(reference: [], values: [])).maxAbsoluteError == 0)
  }

  @Test func aValueThatIsNotANumberIsNotHidden() throws {
    let metrics = try #require(ErrorMetrics(reference: [1, 1, 1], values: [1, .nan, 5]))
    #expect(metrics.maxAbsoluteError.isNaN)
    #expect(metrics.sqnr.isNaN)
  }

  @Test func tensorsOfDifferentSizeHaveNone() {
    #expect(ErrorMetrics(reference: [1], values: [1, 2]) == nil)
  }

  @Test func partsMakeTheWhole() throws {
    let reference: [Float] = [1, -2, 3, 0.5, 8, -0.25]
    let values: [Float] = [1.5, -2, 2, 0.25, 8.5, -0.5]
    let whole = try #require(ErrorMetrics(reference: reference, values: values))
    var left = ErrorSums()
    var right = ErrorSums()
    let parts = [
      left.add(reference: Array(reference[..<2]), values: Array(values[..<2])),
      right.add(reference: Array(reference[2...]), values: Array(values[2...])),
      right.add(reference: [1], values: []),
    ]
    #expect(parts == [true, true, false])
    left.merge(right)
    // All of these sums are exact in 64 bits.
    #expect(left.metrics == whole)
    left.merge(ErrorSums())
    #expect(left.metrics == whole)
  }
}
