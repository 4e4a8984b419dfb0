import Foundation
import ViTEngine
import ViTKernel

/// What one kernel reaches at one shape.
struct Measurement: Codable {
  let model: String
  let batch: Int
  let kernel: String
  let role: String
  let shape: String
  let kind: KernelCase.Kind
  /// Median and least time of a call in milliseconds.
  let medianMilliseconds: Double
  let leastMilliseconds: Double
  /// 10^9 operations a second at the median.
  let rate: Double
  /// 10^9 bytes a second at the median, each byte counted once.
  let bandwidth: Double
  /// Operations for each byte.
  let intensity: Double
  /// Share of the arithmetic peak; absent for kernels that are limited by memory.
  let shareOfPeak: Double?

  init(_ kernelCase: KernelCase, of model: ModelShape, peak: Peak, seconds: Double) throws {
    let times = try Self.times(kernelCase, seconds: seconds)
    let median = times[times.count / 2]
    self.model = model.name
    batch = model.batch
    kernel = kernelCase.kernel
    role = kernelCase.role
    shape = kernelCase.shape
    kind = kernelCase.kind
    medianMilliseconds = 1e3 * median
    leastMilliseconds = 1e3 * times[0]
    rate = kernelCase.operations / median / 1e9
    bandwidth = kernelCase.bytes / median / 1e9
    intensity = kernelCase.operations / kernelCase.bytes
    shareOfPeak =
      switch kernelCase.kind {
      case .float32: rate / peak.float
      case .int8: rate / peak.int8
      case .memory: nil
      }
  }

  /// Sorted times of single calls, after one to warm up.
  private static func times(_ kernelCase: KernelCase, seconds: Double) throws -> [Double] {
    try kernelCase.run()
    let clock = ContinuousClock()
    var times: [Double] = []
    var sum = 0.0
    while sum < seconds || times.count < 5 {
      let start = clock.now
      try kernelCase.run()
      let time = (clock.now - start) / .seconds(1)
      times.append(time)
      sum += time
    }
    return times.sorted()
  }
}

/// All measurements, with what they are held against.
struct KernelReport: Codable {
  let schema = "vitq.kernels/1"
  let processor: String
  let instructionSet: String
  let threads: Int
  let float32Peak: Double
  let float32Instruction: String
  let int8Peak: Double
  let int8Instruction: String
  /// 10^9 bytes a second read from memory.
  let memoryBandwidth: Double
  var rows: [Measurement] = []

  private enum CodingKeys: String, CodingKey {
    case schema, processor, instructionSet, threads, float32Peak, float32Instruction, int8Peak
    case int8Instruction, memoryBandwidth, rows
  }
}

extension Peak {
  /// The greatest rates of several measurements.
  static func best(of peaks: [Peak]) -> Peak {
    Peak(
      float: peaks.map(\.float).max() ?? 0, int8: peaks.map(\.int8).max() ?? 0,
      floatInstruction: peaks.first?.floatInstruction ?? "",
      int8Instruction: peaks.first?.int8Instruction ?? "")
  }
}
