// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]
let strictC: [CSetting] = [.treatAllWarnings(as: .error)]

/// Arrows never point up: a target that must not know another does not depend on it.
let package = Package(
  name: "vitq",
  products: [
    .executable(name: "vitq", targets: ["vitq"]),
    .library(name: "OnnxParse", targets: ["OnnxParse"]),
    .library(name: "ViTKernel", targets: ["ViTKernel"]),
    .library(name: "ViTEngine", targets: ["ViTEngine"]),
    .library(name: "Quant", targets: ["Quant"]),
    .library(name: "Imaging", targets: ["Imaging"]),
    .library(name: "Synth", targets: ["Synth"]),
    .library(name: "TensorIO", targets: ["TensorIO"]),
    .library(name: "ReportPage", targets: ["ReportPage"]),
    .library(name: "Bench", targets: ["Bench"]),
    .library(name: "Eval", targets: ["Eval"]),
    .library(name: "Study", targets: ["Study"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
  ],
  targets: [
    // C and system libraries
    .systemLibrary(
      name: "CBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CMD", pkgConfig: "libmd", providers: [.apt(["libmd-dev"])]),
    .systemLibrary(
      name: "CJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg62-turbo-dev"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(
      name: "CProtobufC", pkgConfig: "libprotobuf-c", providers: [.apt(["libprotobuf-c-dev"])]),
    .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
    .target(
      name: "COnnx", dependencies: ["CProtobufC"], exclude: ["onnx.proto", "generate.sh"]),
    .target(name: "CKernels", cSettings: strictC),
    .target(name: "CImaging", dependencies: ["CJPEG", "CPNG"], cSettings: strictC),

    // Libraries, lowest first
    .target(name: "OnnxParse", dependencies: ["COnnx"], swiftSettings: strict),
    .target(name: "ViTKernel", dependencies: ["CKernels", "CBLAS"], swiftSettings: strict),
    .target(name: "ViTEngine", dependencies: ["OnnxParse", "ViTKernel"], swiftSettings: strict),
    .target(name: "Quant", dependencies: ["OnnxParse"], swiftSettings: strict),
    .target(name: "Imaging", dependencies: ["CImaging"], swiftSettings: strict),
    .target(name: "Synth", dependencies: ["OnnxParse"], swiftSettings: strict),
    .target(
      name: "TensorIO", dependencies: ["CZip", "OnnxParse", "ViTKernel", "ViTEngine"],
      swiftSettings: strict),
    .target(
      name: "ReportPage", dependencies: [.product(name: "Mustache", package: "swift-mustache")],
      swiftSettings: strict),
    .target(
      name: "Bench",
      dependencies: [
        "CMD", "OnnxParse", "ViTKernel", "ViTEngine", "Quant", "Imaging", "TensorIO", "ReportPage",
      ],
      swiftSettings: strict),
    .target(
      name: "Eval",
      dependencies: [
        "OnnxParse", "ViTKernel", "ViTEngine", "Quant", "Imaging", "Bench", "ReportPage",
      ],
      swiftSettings: strict),
    .target(
      name: "Study",
      dependencies: [
        "OnnxParse", "ViTKernel", "ViTEngine", "Quant", "Imaging", "TensorIO", "Bench",
        "ReportPage",
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "vitq",
      dependencies: [
        "OnnxParse", "ViTKernel", "ViTEngine", "Quant", "Imaging", "Synth", "TensorIO", "Bench",
        "Eval", "Study",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    // Benchmarks
    .executableTarget(
      name: "bench-kernels",
      dependencies: [
        "Bench", "ViTEngine", "ViTKernel",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Benchmarks/Kernels", swiftSettings: strict),
    .executableTarget(
      name: "image-bytes", dependencies: ["Imaging"], path: "Benchmarks/Images",
      swiftSettings: strict),

    // Examples
    .executableTarget(
      name: "example-study", dependencies: ["Bench", "Imaging", "OnnxParse", "Study"],
      path: "Examples/Study", swiftSettings: strict),

    // Tests
    .target(name: "AllocationCounter", path: "Tests/AllocationCounter", cSettings: strictC),
    .target(
      name: "TestSupport", dependencies: ["OnnxParse", "ViTKernel", "ViTEngine"],
      path: "Tests/TestSupport", swiftSettings: strict),
    .testTarget(
      name: "OnnxParseTests", dependencies: ["OnnxParse", "TestSupport"], exclude: ["Cases"],
      swiftSettings: strict),
    .testTarget(
      name: "ViTKernelTests", dependencies: ["ViTKernel", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "ViTEngineTests",
      dependencies: [
        "AllocationCounter", "OnnxParse", "TensorIO", "TestSupport", "ViTEngine", "ViTKernel",
      ],
      exclude: ["FunctionCases"], swiftSettings: strict),
    .testTarget(
      name: "QuantTests",
      dependencies: ["OnnxParse", "Quant", "Synth", "TestSupport", "ViTEngine"],
      swiftSettings: strict),
    .testTarget(
      name: "ImagingTests", dependencies: ["Imaging", "TestSupport"],
      exclude: ["Goldens", "make_goldens.py", "make_jpegs.py", "processors.py"],
      swiftSettings: strict),
    .testTarget(
      name: "SynthTests", dependencies: ["OnnxParse", "Synth", "TestSupport"],
      exclude: ["make_topology.py", "topology.txt"], swiftSettings: strict),
    .testTarget(
      name: "TensorIOTests", dependencies: ["OnnxParse", "TensorIO", "ViTKernel", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "ReportPageTests", dependencies: ["ReportPage"], swiftSettings: strict),
    .testTarget(
      name: "BenchTests",
      dependencies: [
        "Bench", "Imaging", "OnnxParse", "Quant", "TensorIO", "TestSupport", "ViTEngine",
        "ViTKernel",
      ],
      exclude: ["Expected", "Images", "Sets", "make_sets.py", "make_statistics.py"],
      swiftSettings: strict),
    .testTarget(
      name: "EvalTests",
      dependencies: [
        "Bench", "Eval", "Imaging", "OnnxParse", "Quant", "TensorIO", "TestSupport", "ViTEngine",
        "ViTKernel",
      ],
      exclude: ["make_goldens.py", "Goldens"], swiftSettings: strict),
    .testTarget(
      name: "StudyTests",
      dependencies: [
        "Bench", "Imaging", "OnnxParse", "Quant", "Study", "TensorIO", "TestSupport", "ViTEngine",
        "ViTKernel",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "TrainedModelTests",
      dependencies: [
        "Imaging", "OnnxParse", "Quant", "TensorIO", "TestSupport", "ViTEngine", "ViTKernel",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "vitq", "Eval", "OnnxParse", "Study", "TensorIO", "ViTKernel", "TestSupport",
      ],
      swiftSettings: strict),
  ]
)
