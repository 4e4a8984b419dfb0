import Foundation
import Study
import TestSupport
import Testing

@Suite struct ValueHistogramTests {
  private func expectCounts(_ histogram: ValueHistogram, of values: [Float]) {
    #expect(histogram.counts.reduce(0, +) == values.count)
    for (bin, count) in histogram.counts.enumerated() {
      let low = histogram.lowerBound + Double(bin) * histogram.binWidth
      let own = values.count { Double($0) >= low && Double($0) < low + histogram.binWidth }
      #expect(count == own, "bin \(bin)")
    }
  }

  @Test func binsHoldTheirValues() {
    var generator = SeededGenerator(seed: 1)
    let values = generator.floats(1000, in: -3...5) + [0, -0.25, 0.25, 7.99, -8]
    var histogram = ValueHistogram()
    histogram.add(values)
    // -8 is outside of -8 ..< 8 by the rule that magnitudes lie below the bound.
    #expect(histogram.exponent == 4)
    expectCounts(histogram, of: values)
  }

  @Test func growingGivesWhatOnePassGives() {
    var generator = SeededGenerator(seed: 2)
    let parts = [Float(0.001), 40, 0.5, 1000].map { generator.floats(100, in: -$0...$0) }
    var whole = ValueHistogram()
    whole.add(parts.flatMap { $0 })
    var grown = ValueHistogram()
    for part in parts { grown.add(part) }
    #expect(grown == whole)
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2]] {
      var merged = ValueHistogram()
      for part in order {
        var own = ValueHistogram()
        own.add(parts[part])
        merged.merge(own)
      }
      #expect(merged == whole)
    }
    expectCounts(whole, of: parts.flatMap { $0 })
  }

  @Test func zerosAndTheGreatestValuesHaveBins() {
    var histogram = ValueHistogram()
    histogram.add([0, -Float.leastNonzeroMagnitude])
    #expect(histogram.exponent == ValueHistogram.leastExponent)
    #expect(histogram.counts[32] == 1 && histogram.counts[31] == 1)
    histogram.add([.greatestFiniteMagnitude, -.greatestFiniteMagnitude])
    #expect(histogram.exponent == 128)
    #expect(histogram.counts[0] == 1 && histogram.counts[63] == 1)
  }
}
