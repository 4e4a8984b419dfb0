import Foundation
import OnnxParse
import TestSupport
import Testing

struct VerifyTests {
  /// A test folder of the model `y = x + [1, 2]` in which [10, 20] should give `expected`.
  private func makeCase(_ name: String, expected: [Float], in folder: TemporaryFolder) throws {
    let data = folder.url.appending(path: name).appending(path: "test_data_set_0")
    try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
    try folder.write(BrokenModel.sound.encoded(), as: "\(name)/model.onnx")
    try folder.write(
      TensorProto(dims: [2], floats: [10, 20]).encoded(), as: "\(name)/test_data_set_0/input_0.pb")
    try folder.write(
      TensorProto(dims: [2], floats: expected).encoded(),
      as: "\(name)/test_data_set_0/output_0.pb")
  }

  @Test func passesWhereAllOutputsMatch() throws {
    let folder = try TemporaryFolder()
    try makeCase("a", expected: [11, 22], in: folder)
    try makeCase("deep/b", expected: [11.01, 22], in: folder)
    let result = try Command.run("verify", folder.path(""))
    #expect(result.status == 0)
    #expect(result.output.contains("/a\n") && result.output.contains("/deep/b\n"))
    #expect(result.output.hasSuffix("2 of 2 tests passed\n"))
  }

  @Test func failsWhereOneDiffers() throws {
    let folder = try TemporaryFolder()
    try makeCase("a", expected: [11, 22], in: folder)
    try makeCase("b", expected: [11, 23], in: folder)
    let result = try Command.run("verify", folder.path(""))
    #expect(result.status == 1)
    #expect(
      result.output.contains("FAIL  \(folder.path("b")): test_data_set_0, y: 1 of 2 elements"))
    #expect(result.output.contains("22.0, expected 23.0, off by 1.0\n"), "\(result.output)")
    #expect(result.output.hasSuffix("1 of 2 tests passed\n"))
    #expect(try Command.run("verify", folder.path(""), "--atol", "1").status == 0)
    #expect(try Command.run("verify", folder.path("a"), "--rtol", "0", "--atol", "0").status == 0)
  }

  @Test func aModelThatCannotBeLoadedFails() throws {
    let folder = try TemporaryFolder()
    try makeCase("a", expected: [11, 22], in: folder)
    try folder.write([1, 2, 3], as: "a/model.onnx")
    let result = try Command.run("verify", folder.path(""))
    #expect(result.status == 1)
    #expect(result.output.contains("ERROR \(folder.path("a")): "))
  }

  @Test func dataWithoutExpectedOutputsFail() throws {
    let folder = try TemporaryFolder()
    try makeCase("a", expected: [11, 22], in: folder)
    let second = folder.url.appending(path: "a/test_data_set_1")
    try FileManager.default.createDirectory(at: second, withIntermediateDirectories: true)
    let result = try Command.run("verify", folder.path(""))
    #expect(result.status == 1)
    #expect(
      result.output.contains("a/test_data_set_1: holds no output_0.pb to compare with\n"),
      "\(result.output)")
    #expect(result.output.hasSuffix("0 of 1 tests passed\n"))
  }

  @Test func aFolderWithoutTestsIsRefused() throws {
    let folder = try TemporaryFolder()
    let result = try Command.run("verify", folder.path(""))
    #expect(result.status == 2)
    #expect(result.errors.contains("holds no ONNX test"))
    #expect(try Command.run("verify", folder.path("nowhere")).errors.contains("no such folder"))
  }
}
