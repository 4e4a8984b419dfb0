import Foundation
import TestSupport
import Testing

/// docs/operators.md says what the registry says.
struct OperatorTableTests {
  @Test func theDocumentIsTheRegistrys() throws {
    let table = try Command.run("inspect", "--operators", "--format", "markdown").output
    let document = try String(
      contentsOfFile: Fixtures.path("../docs/operators.md"), encoding: .utf8)
    let parts = document.components(separatedBy: "<!-- operators -->\n")
    let written = try #require(parts.last?.components(separatedBy: "<!-- /operators -->").first)
    #expect(written == table, "run: make operators")
  }
}
