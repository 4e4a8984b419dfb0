import ArgumentParser
import Foundation
import OnnxParse

@main
enum Main {
  static func main() {
    Interruption.prepare()
    do {
      var command = try VITQ.parseAsRoot()
      try command.run()
    } catch let code as ExitCode {
      exit(code.rawValue)
    } catch {
      switch VITQ.exitCode(for: error) {
      // Help is a command that throws what it has to say.
      case .success: exitWithMessage(of: error)
      case .validationFailure: exitForUsage(error)
      default:
        report("\(error)".escapingControlCharacters)
        exit(Status.badInput)
      }
    }
  }

  private static func exitWithMessage(of error: any Error) -> Never {
    do {
      try emit(VITQ.fullMessage(for: error))
    } catch {
      report("\(error)")
      exit(Status.badInput)
    }
    exit(ExitCode.success.rawValue)
  }

  /// ArgumentParser's message under the program's own prefix.
  private static func exitForUsage(_ error: any Error) -> Never {
    let text = VITQ.fullMessage(for: error)
    let prefix = "Error: "
    report(text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text)
    exit(ExitCode.validationFailure.rawValue)
  }

  private static func report(_ message: String) {
    progress("vitq: error: \(message)")
  }
}
