import Foundation
import Synchronization

/// What a finished program left behind.
public struct CommandResult: Sendable {
  /// The exit status; the negated number of the signal where one ended it.
  public let status: Int32
  /// What it wrote to standard output.
  public let output: String
  /// What it wrote to standard error.
  public let errors: String
}

/// Runs the `vitq` of the build that the tests belong to.
public enum Command {
  /// Runs `vitq` with `arguments` and waits for its end.
  ///
  /// - Parameters:
  ///   - arguments: The command line after the program's name.
  ///   - environment: Variables to add to those of the tests.
  ///   - folder: The working folder; the tests' own where nil.
  ///   - target: Where standard output goes instead of into the result.
  /// - Throws: Where the program can't be started.
  public static func run(
    _ arguments: String..., environment: [String: String] = [:], in folder: URL? = nil,
    to target: FileHandle? = nil
  ) throws -> CommandResult {
    try run(arguments, environment: environment, in: folder, to: target)
  }

  /// As ``run(_:environment:in:to:)`` with the arguments in an array.
  public static func run(
    _ arguments: [String], environment: [String: String] = [:], in folder: URL? = nil,
    to target: FileHandle? = nil
  ) throws -> CommandResult {
    let process = process(arguments)
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.currentDirectoryURL = folder
    let output = Pipe()
    let errors = Pipe()
    process.standardOutput = target ?? output
    process.standardError = errors
    try process.run()
    // Both pipes are read at once: a program that fills one blocks until somebody reads it.
    let errorText = Mutex(Data())
    let reader = Thread {
      let data = errors.fileHandleForReading.readDataToEndOfFile()
      errorText.withLock { $0 = data }
    }
    reader.start()
    let text =
      target == nil ? output.fileHandleForReading.readDataToEndOfFile() : Data()
    process.waitUntilExit()
    while !reader.isFinished { Thread.sleep(forTimeInterval: 0.001) }
    return CommandResult(
      status: process.terminationReason == .exit
        ? process.terminationStatus : -process.terminationStatus,
      output: String(decoding: text, as: UTF8.self),
      errors: String(decoding: errorText.withLock { $0 }, as: UTF8.self))
  }

  /// `vitq` with `arguments`, not started yet, on empty input and with the tests' own output.
  public static func process(_ arguments: [String]) -> Process {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    return process
  }

  /// SwiftPM puts the test bundle and the products into one folder.
  private static var program: URL {
    URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "vitq")
  }
}
