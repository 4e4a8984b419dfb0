import Foundation
import ViTKernel

/// The machine and the libraries that a report's figures were measured with.
public struct Machine: Codable, Sendable, Equatable {
  /// Name of the processor.
  public var processor: String
  /// Instruction set of the kernels that ran.
  public var instructionSet: String
  /// Processors that the process may use.
  public var cores: Int
  /// Threads that ran.
  public var threads: Int
  /// Version of OpenBLAS.
  public var openblasVersion: String
  /// Name of the kernels that OpenBLAS chose.
  public var openblasKernel: String
  /// Name and version of the operating system.
  public var operatingSystem: String

  enum CodingKeys: String, CodingKey {
    case processor, cores, threads
    case instructionSet = "instruction_set"
    case openblasVersion = "openblas_version"
    case openblasKernel = "openblas_kernel"
    case operatingSystem = "operating_system"
  }
}

extension Machine {
  /// Such as `2 threads`.
  package var threadsInWords: String { threads == 1 ? "1 thread" : "\(threads) threads" }

  /// Such as `2 threads on 4 cores`.
  package var processorsInWords: String {
    "\(threadsInWords) on \(cores == 1 ? "1 core" : "\(cores) cores")"
  }

  /// This machine, where kernels of `instructionSet` run on `threads` of `cores`.
  public static func current(
    instructionSet: String, cores: Int, threads: Int, openblasVersion: String,
    openblasKernel: String
  ) -> Machine {
    Machine(
      processor: value(of: "model name", in: "/proc/cpuinfo", separator: ":") ?? "unknown",
      instructionSet: instructionSet, cores: cores, threads: threads,
      openblasVersion: openblasVersion, openblasKernel: openblasKernel,
      operatingSystem: value(of: "PRETTY_NAME", in: "/etc/os-release", separator: "=")
        ?? ProcessInfo.processInfo.operatingSystemVersionString)
  }

  /// This machine, as `executor` uses it.
  public static func current(_ executor: Executor) -> Machine {
    // OpenBLAS says "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ...".
    let words = OpenBLAS.version.split(separator: " ")
    let version = words.first { $0.first?.isNumber == true } ?? words.first ?? "unknown"
    return current(
      instructionSet: executor.kernels.instructionSet.rawValue,
      cores: ThreadPool.availableProcessors, threads: executor.pool.threadCount,
      openblasVersion: String(version), openblasKernel: OpenBLAS.kernelName)
  }

  /// What stands after the first `key` in a file of lines `key separator value`.
  private static func value(
    of key: String, in path: String, separator: Character
  ) -> String? {
    guard let content = FileManager.default.contents(atPath: path) else { return nil }
    let blank = CharacterSet(charactersIn: " \t\"")
    for line in String(decoding: content, as: UTF8.self).split(separator: "\n") {
      let parts = line.split(separator: separator, maxSplits: 1)
      if parts.count == 2, parts[0].trimmingCharacters(in: blank) == key {
        return parts[1].trimmingCharacters(in: blank)
      }
    }
    return nil
  }
}
