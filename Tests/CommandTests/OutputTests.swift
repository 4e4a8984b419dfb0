import Foundation
import OnnxParse
import TestSupport
import Testing

/// Results that can't be written are not lost in silence.
struct OutputTests {
  private static let commands = [
    ["inspect", Fixtures.path("vit-fashion")],
    ["inspect", "--operators"],
    ["quantize", Fixtures.path("vit-fashion"), "--plan"],
    ["verify", Fixtures.path("golden/models")],
    ["--help"],
    ["--version"],
  ]

  @Test(arguments: commands)
  func aFullDiskIsAnError(arguments: [String]) throws {
    let full = try FileHandle(forWritingTo: URL(filePath: "/dev/full"))
    let result = try Command.run(arguments, to: full)
    #expect(result.status == 2)
    #expect(
      result.errors
        == "vitq: error: standard output: can't be written: No space left on device\n")
  }

  @Test(arguments: commands)
  func aReaderThatWentAwayIsNone(arguments: [String]) throws {
    let pipe = Pipe()
    try pipe.fileHandleForReading.close()
    let result = try Command.run(arguments, to: pipe.fileHandleForWriting)
    #expect(result.status == -SIGPIPE)
    #expect(result.errors == "")
  }
}
