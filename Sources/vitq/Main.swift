import ArgumentParser
import Foundation

@main
enum Main {
  static func main() {
    var command = parse()
    do {
      try command.run()
    } catch let code as ExitCode {
      exit(code.rawValue)
    } catch {
      switch VITQ.exitCode(for: error) {
      // Help is a command that throws what it has to say.
      case .success: VITQ.exit(withError: error)
      case .validationFailure: exitForUsage(error)
      default:
        report("\(error)")
        exit(Status.badInput)
      }
    }
  }

  private static func parse() -> any ParsableCommand {
    do {
      return try VITQ.parseAsRoot()
    } catch {
      guard VITQ.exitCode(for: error) == .validationFailure else { VITQ.exit(withError: error) }
      exitForUsage(error)
    }
  }

  /// ArgumentParser's message under the program's own prefix.
  private static func exitForUsage(_ error: any Error) -> Never {
    let text = VITQ.fullMessage(for: error)
    let prefix = "Error: "
    report(text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text)
    exit(ExitCode.validationFailure.rawValue)
  }

  private static func report(_ message: String) {
    FileHandle.standardError.write(Data("vitq: error: \(message)\n".utf8))
  }
}
