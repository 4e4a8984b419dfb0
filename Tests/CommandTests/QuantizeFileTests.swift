import Foundation
import OnnxParse
import TestSupport
import Testing

/// What `vitq quantize` does to the files that are there.
struct QuantizeFileTests {
  private static let fashion = Fixtures.path("vit-fashion/model.onnx")

  private func names(in folder: TemporaryFolder) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path("")).sorted()
  }

  @Test func theModelThatIsReadIsNotReplaced() throws {
    let folder = try TemporaryFolder()
    let bytes = try Data(contentsOf: URL(filePath: Self.fashion))
    let path = try folder.write(bytes, as: "model.onnx")
    let link = folder.path("link.onnx")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
    for (input, output) in [
      (path, path), (path, link), (link, path), (folder.path(""), folder.path("")),
    ] {
      let result = try Command.run("quantize", input, output)
      #expect(result.status == 2)
      #expect(result.errors.contains("is the model that is read"), "\(result.errors)")
    }
    #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
  }

  @Test func linksAndPermissionsAreKept() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write([], as: "target.onnx")
    let link = folder.path("link.onnx")
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
    let result = try Command.run("quantize", Self.fashion, link)
    #expect(result.status == 0, "\(result.errors)")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == path)
    #expect(try Model.load(path: path).graph.nodes.contains { $0.opType == "MatMulInteger" })
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test func filesOfOtherNamesAreLeftAlone() throws {
    let folder = try TemporaryFolder()
    try folder.write(Array("mine".utf8), as: "q.onnx.unverified")
    let result = try Command.run("quantize", Self.fashion, folder.path("q.onnx"))
    #expect(result.status == 0, "\(result.errors)")
    #expect(try names(in: folder) == ["q.onnx", "q.onnx.unverified"])
    #expect(
      try Data(contentsOf: folder.url.appending(path: "q.onnx.unverified")) == Data("mine".utf8))
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
  func anInterruptionLeavesNothing(signal: Int32) throws {
    let models = try TemporaryFolder()
    let folder = try TemporaryFolder()
    #expect(try Command.run("synth", "small", models.path("vit.onnx")).status == 0)
    // Slow on purpose, so that there is time to interrupt it.
    let process = Command.process([
      "quantize", models.path("vit.onnx"), folder.path("q.onnx"), "--optimization-level", "none",
      "--threads", "1",
    ])
    try process.run()
    while try names(in: folder).isEmpty, process.isRunning { Thread.sleep(forTimeInterval: 0.001) }
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal)
    #expect(process.terminationStatus == signal)
    #expect(try names(in: folder) == [])
  }
}
