import Quant
import Study
import TestSupport
import Testing
import ViTKernel

/// What `vpmaddubsw` would have done, against counting pair by pair.
@Suite struct SaturationCountTests {
  private func measure(
    _ x: [Float], _ w: [Float], k: Int, n: Int, images: Int = 1,
    _ change: (inout QuantizationOptions) -> Void = { _ in }
  ) throws -> SaturationCount? {
    let probe = try ProbeSupport.probe(
      ProbeSupport.matMul(w, rows: k, columns: n), saturationImages: 2, change)
    var measurement = probe.empty
    for _ in 0..<images {
      try probe.measure(["x": Tensor(x, shape: [x.count / k, k])], into: &measurement)
    }
    return measurement.saturation
  }

  @Test(arguments: [1, 2, 7, 64, 65]) func countsAreThoseOfPlainLoops(k: Int) throws {
    let (m, n) = (5, 19)
    var generator = SeededGenerator(seed: UInt64(k))
    // Large weights and mostly positive activations: many pairs saturate, not all.
    let w = generator.floats(k * n).map { $0 < 0 ? -1 : $0 }
    let x = generator.floats(m * k, in: -0.2...1)
    let count = try #require(try measure(x, w, k: k, n: n))
    let a = ProbeSupport.quantized(x).values
    let b = ProbeSupport.quantizedColumns(w, columns: n).values
    var saturated = 0
    var largest = 0
    var noise = 0.0
    let aScale = ((x.max() ?? 0) - min(0, x.min() ?? 0)) / 255
    for column in 0..<n {
      let scale = (0..<k).reduce(0) { max($0, w[$1 * n + column].magnitude) } / 127
      for row in 0..<m {
        var lost = 0
        for step in stride(from: 0, to: k, by: 2) {
          let steps = step..<min(step + 2, k)
          let pair = steps.reduce(0) { $0 + a[row * k + $1] * b[$1 * n + column] }
          let kept = max(-32768, min(32767, pair))
          saturated += kept == pair ? 0 : 1
          lost += kept - pair
          let weights = steps.map { b[$0 * n + column] }
          largest = max(largest, 255 * weights.reduce(0) { $0 + max(0, $1) })
          largest = max(largest, -255 * weights.reduce(0) { $0 + min(0, $1) })
        }
        let error = Double(lost) * Double(aScale) * Double(scale)
        noise += error * error
      }
    }
    #expect(count.saturated == saturated)
    #expect(count.pairs == m * n * ((k + 1) / 2))
    #expect(count.largestPair == largest)
    #expect(abs(count.error.noise - noise) <= 1e-4 * noise)
    #expect(count.affectedImages == (saturated > 0 ? 1 : 0))
    #expect((k > 1) == (saturated > 0))
    #expect(count.reduceRange == (k > 1 ? .observed : .no))
  }

  @Test func aPairThatTheImagesSpareIsPossible() throws {
    // 127 + 127 meet zeros; 64 + 64 meet the greatest value.
    let count = try #require(
      try measure([0, 0, 1, 1], [1, 1, 0.5, 0.5], k: 4, n: 1))
    #expect(count.saturated == 0)
    #expect(count.largestPair == 255 * 254)
    #expect(count.reduceRange == .possible)
    #expect(count.error.noise == 0)
  }

  @Test func sevenBitsNeverSaturate() throws {
    let count = try #require(
      try measure([1, 1, 1, 1], [1, 1, 1, 1], k: 4, n: 1) { $0.reduceRange = true })
    #expect(count.largestPair == 255 * 128)
    #expect(count.reduceRange == .no)
  }

  @Test func oppositeSignsDoNotAddUp() throws {
    let count = try #require(try measure([1, 1], [1, -1], k: 2, n: 1))
    #expect(count.largestPair == 255 * 127)
    #expect(count.reduceRange == .no)
  }

  @Test func onlySoManyImagesAreCounted() throws {
    let count = try #require(try measure([1, 1], [1, 1], k: 2, n: 1, images: 5))
    #expect(count.images == 2)
    #expect(count.affectedImages == 2)
    #expect(count.saturated == 2)
  }

  @Test func unsignedWeightsAreNotCounted() throws {
    #expect(try measure([1, 1], [1, 1], k: 2, n: 1) { $0.weightType = .uint8 } == nil)
  }
}
