import TestSupport
import Testing

struct UsageTests {
  @Test(
    arguments: [
      (["fly"], "Unexpected argument 'fly'"),
      (["run"], "Missing expected argument '<model>'"),
      (["run", "m.onnx", "--fast"], "Unknown option '--fast'"),
      (["run", "m.onnx", "--threads", "0"], "--threads must be at least 1"),
      (["run", "m.onnx", "--threads", "two"], "The value 'two' is invalid for '--threads <n>'"),
      (["run", "m.onnx", "--gemm", "mkl"], "Please provide one of 'packed' and 'openblas'"),
      (["run", "m.onnx", "--output", "y.txt"], "the name must end in .npy or .pb"),
      (
        ["inspect", "m.onnx", "--format", "yaml"],
        "Please provide one of 'text', 'json' or 'markdown'"
      ),
      (["quantize", "m.onnx"], "Missing expected argument '<out>'"),
      (["quantize", "m.onnx", "o.onnx", "--op", "MatMul,Conv"], "one of 'MatMul' and 'Add'"),
      (["quantize", "m.onnx", "o.onnx", "--exclude", "norm"], "'layernorm', 'gelu', 'residual'"),
      (["quantize", "m.onnx", "o.onnx", "--per-channel", "--per-tensor"], "--per-tensor"),
      (["quantize", "m.onnx", "o.onnx", "--node", "/(/"], "the node pattern \"/(/\" is not valid"),
      (["quantize", "m.onnx", "o.onnx", "--symmetric", "--asymmetric"], "--asymmetric"),
      (["quantize", "m.onnx", "o.onnx", "--shape", "1x0x2"], "'1x0x2' is invalid for '--shape"),
      (["quantize", "m.onnx", "o.onnx", "--no-run", "--shape", "1x2"], "exclude each other"),
      (["quantize", "m.onnx", "o.onnx", "--plan-file", "p", "--op", "Add"], "exclude it"),
      (
        ["quantize", "m.onnx", "o.onnx", "--plan-file", "p", "--weight-type", "int8"], "exclude it"
      ),
      (["quantize", "m.onnx", "o.onnx", "--range", "batch"], "'tensor', 'image' or 'token'"),
      (["profile", "m.onnx", "--batch-size", "2", "--shape", "1x2"], "exclude each other"),
      (["bench", "--batch-size", "1,0"], "'1,0' is invalid for '--batch-size"),
      (["bench", "--duration", "0"], "--duration"),
      (["verify"], "Missing expected argument '<dir>"),
      (["verify", "d", "--rtol=-1"], "--rtol and --atol must not be negative"),
      (["report"], "Missing expected argument '<report>'"),
      (["report", "a.json", "--format", "json"], "Please provide one of 'text' and 'markdown'"),
      (["synth", "huge", "o"], "'vit-large-patch16-224'"),
      (["synth", "base", "o", "--seed=-1"], "The value '-1' is invalid for '--seed <n>'"),
    ] as [([String], String)])
  func wrongCommandLines(arguments: [String], message: String) throws {
    let result = try Command.run(arguments)
    #expect(result.status == 64)
    #expect(result.output == "")
    #expect(result.errors.hasPrefix("vitq: error: "), "\(result.errors)")
    #expect(result.errors.contains(message), "\(result.errors)")
  }

  @Test func helpIsNoError() throws {
    for arguments in [["--help"], ["help", "bench"], []] {
      let result = try Command.run(arguments)
      #expect(result.status == 0 && result.errors == "" && result.output.contains("USAGE: vitq"))
    }
  }

  @Test func saysItsVersion() throws {
    let result = try Command.run("--version")
    #expect(result.status == 0)
    #expect(result.output.split(separator: ".").count == 3)
  }

  @Test func anUnknownInstructionSetIsRefused() throws {
    let result = try Command.run(
      "verify", Fixtures.path("golden/operators"), environment: ["VITQ_ISA": "mmx"])
    #expect(result.status != 0)
    #expect(result.output.contains("mmx") || result.errors.contains("mmx"))
  }
}
