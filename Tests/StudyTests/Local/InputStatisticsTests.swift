import Quant
import Study
import TestSupport
import Testing
import ViTKernel

/// Ranges, steps, clamping and outliers of activations.
@Suite struct InputStatisticsTests {
  /// The statistics of `images`, each [rows, channels], read by an Add.
  private func statistics(_ images: [[Float]], channels: Int) throws -> InputStatistics {
    let model = ProbeSupport.model(
      [.init(opType: "Add", inputs: ["x", "z"], outputs: ["y"])], inputs: ["x", "z"])
    let probe = try ProbeSupport.probe(model)
    var measurement = probe.empty
    for values in images {
      let x = Tensor(values, shape: [values.count / channels, channels])
      try probe.measure(["x": x, "z": Tensor(scalar: Float(1))], into: &measurement)
    }
    return try #require(measurement.inputs["x"])
  }

  @Test func momentsAreThoseOfAllValues() throws {
    var generator = SeededGenerator(seed: 1)
    let images = [generator.floats(30, in: 5...9), generator.floats(30), generator.floats(30)]
    let found = try statistics(images, channels: 10)
    let all = images.flatMap { $0 }.map(Double.init)
    let mean = all.reduce(0, +) / Double(all.count)
    let variance = all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(all.count)
    #expect(found.images == 3 && found.count == 90)
    #expect(abs(found.mean - mean) < 1e-12)
    #expect(abs(found.standardDeviation - variance.squareRoot()) < 1e-12)
    #expect(Double(found.minimum) == all.min() && Double(found.maximum) == all.max())
    #expect(found.channelMaxima.max() == found.maximum)
  }

  @Test func scalesAndZeroPointsSpanTheImages() throws {
    let found = try statistics([[0, 255], [-255, 0], [-51, 204]], channels: 2)
    #expect(found.scales == 1...1)
    #expect(found.zeroPoints == 0...255)
    let wide = try statistics([[0, 255], [0, 510]], channels: 2)
    #expect(wide.scales == 1...2)
  }

  @Test func everyStepOfARampIsUsed() throws {
    let ramp = (0..<256).map { Float($0) }
    #expect(try statistics([ramp], channels: 16).usedStepShare == 1)
    // Two of 256 steps, and all of them: the mean.
    let two = [Float](repeating: 0, count: 255) + [255]
    #expect(try statistics([two, ramp], channels: 16).usedStepShare == (2.0 / 256 + 1) / 2)
  }

  @Test func clampingIsToldFromRounding() throws {
    var generator = SeededGenerator(seed: 2)
    var clamped = 0
    var (energy, clampedEnergy) = (0.0, 0.0)
    var images: [[Float]] = []
    for _ in 0..<50 {
      // The zero point is rounded, so that one end of the range lies up to half a step outside.
      let x = generator.floats(20, in: -Float.random(in: 0...1, using: &generator)...1)
      images.append(x)
      let low = min(0, x.min() ?? 0)
      let scale = (max(0, x.max() ?? 0) - low) / 255
      let zero = (-low / scale).rounded(.toNearestOrEven)
      for (value, kept) in zip(x, ProbeSupport.quantized(x).kept) {
        let error = (Double(value) - Double(kept)) * (Double(value) - Double(kept))
        energy += error
        if value / scale < -zero || value / scale > 255 - zero {
          clamped += 1
          clampedEnergy += error
        }
      }
    }
    let found = try statistics(images, channels: 20).clipping
    #expect(clamped > 20)
    #expect(found.clamped == clamped && found.count == 1000)
    #expect(found.clampedShare == Double(clamped) / 1000)
    #expect(abs(found.energyShare - clampedEnergy / energy) < 1e-12)
  }

  @Test func aPlantedOutlierChannelIsFound() throws {
    var generator = SeededGenerator(seed: 3)
    var images = (0..<2).map { _ in generator.floats(8 * 64) }
    images[1][3 * 64 + 17] = -20
    images[0][40] = 5
    let outliers = try statistics(images, channels: 64).outliers
    #expect(outliers.count == 1)
    #expect(outliers.greatest.map(\.channel) == [17])
    #expect(outliers.greatest[0].magnitude == 20)
    // Maxima of 16 values below 1 lie close to it.
    #expect((20...24).contains(outliers.greatest[0].ratio))
  }

  @Test func theGreatestEightOutliersAreListed() throws {
    var x = [Float](repeating: 1, count: 64)
    for channel in 0..<10 { x[channel] = 10 + Float(channel) }
    x[10] = 6
    let outliers = try statistics([x], channels: 64).outliers
    #expect(outliers.count == 10)
    #expect(outliers.greatest.map(\.channel) == [9, 8, 7, 6, 5, 4, 3, 2])
    #expect(outliers.greatest[0].ratio == 19)
  }

  @Test func zerosAndTinyValuesHaveNoOutliers() throws {
    #expect(try statistics([[0, 0, 0, 0]], channels: 4).outliers.count == 0)
    // The scale underflows to zero.
    let tiny = try statistics([[0, Float.leastNonzeroMagnitude]], channels: 2)
    #expect(tiny.zeroPoints == 255...255)
  }
}
