import Bench
import Testing

struct TimeMetricsTests {
  private let latencies: [Duration] = [
    4.25, 3.5, 9.75, 3.0, 3.125, 5.5, 40.0, 3.75, 6.0, 3.25, 3.875,
  ].map { .microseconds($0 * 1000) }

  /// The literals are numpy 2.4.6's `mean`, `std` and `quantile`.
  @Test func equalsNumpy() {
    let metrics = TimeMetrics(latencies: latencies, batchSize: 8, duration: .milliseconds(85))
    #expect(metrics.forwards == 11)
    #expect(near(metrics.latencyMean, 7.818181818181818))
    #expect(near(metrics.latencyStandardDeviation, 10.34701368264101))
    #expect(near(metrics.latency50, 3.875))
    #expect(near(metrics.latency90, 9.75))
    #expect(near(metrics.latency95, 24.875))
    #expect(near(metrics.latency99, 36.97500000000001))
    #expect(near(metrics.latency999, 39.697500000000005))
  }

  @Test func throughputIsOverTheNominalDuration() {
    let metrics = TimeMetrics(latencies: latencies, batchSize: 8, duration: .milliseconds(80))
    #expect(near(metrics.throughput, 11 / 0.080))
    #expect(near(metrics.imagesPerSecond, 88 / 0.086))
  }

  /// The first row of the published ViT-Base card: 75 forwards of 200.50 ms in 15 s are 5.00 /s.
  @Test func throughputIsThePublishedCards() {
    let metrics = TimeMetrics(
      latencies: [Duration](repeating: .microseconds(200_500), count: 75), batchSize: 1,
      duration: .seconds(15))
    #expect(metrics.throughput == 5)
    #expect(near(metrics.latencyMean, 200.5))
  }

  @Test func aDecimalDurationStaysDecimal() {
    let metrics = TimeMetrics(
      latencies: [Duration](repeating: .milliseconds(100), count: 3), batchSize: 1,
      duration: .milliseconds(300))
    #expect(metrics.throughput == 10)
  }

  @Test func oneLatencyIsEveryPercentile() {
    let metrics = TimeMetrics(latencies: [.milliseconds(7)], batchSize: 1, duration: .seconds(1))
    #expect(metrics.latency50 == metrics.latency999)
    #expect(near(metrics.latency50, 7))
    #expect(metrics.latencyStandardDeviation == 0)
  }

  private func near(_ value: Double, _ expected: Double) -> Bool {
    abs(value - expected) <= 1e-12 * abs(expected)
  }
}
