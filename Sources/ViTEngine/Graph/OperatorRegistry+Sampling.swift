import ViTKernel

extension OperatorRegistry {
  /// Transposed and deformed convolution, and what undoes pooling.
  static let convolutions: [Entry] = [
    Entry(
      name: "ConvTranspose", versions: [1, 11, 22], inputs: 2...3,
      attributes: windowAttributes + ["dilations", "group", "output_padding", "output_shape"]
    ) { attributes throws(EngineError) in
      .image(
        .convTranspose(
          ConvTransposeParameters(
            try convParameters(attributes),
            outputPadding: try attributes.ints("output_padding") ?? [],
            outputShape: try attributes.ints("output_shape") ?? [])))
    },
    Entry(
      name: "DeformConv", versions: [19, 22], inputs: 3...5,
      attributes: ["dilations", "group", "kernel_shape", "offset_group", "pads", "strides"]
    ) { attributes throws(EngineError) in
      .image(
        .deformConv(
          DeformConvParameters(
            try convParameters(attributes),
            offsetGroup: try attributes.int("offset_group", default: 1))))
    },
    Entry(
      name: "Col2Im", versions: [18], inputs: 3...3, attributes: ["dilations", "pads", "strides"],
      types: .numbers
    ) { attributes throws(EngineError) in .image(.col2Im(try convParameters(attributes))) },
    Entry(
      name: "MaxUnpool", versions: [9, 11, 22], inputs: 2...3,
      attributes: ["kernel_shape", "pads", "strides"]
    ) { attributes throws(EngineError) in .image(.maxUnpool(try convParameters(attributes))) },
  ]

  /// Operators that read an image at places which are data.
  static let sampling: [Entry] = [
    Entry(
      name: "GridSample", versions: [16, 20, 22], inputs: 2...2,
      attributes: ["align_corners", "mode", "padding_mode"], types: .numbers
    ) { attributes throws(EngineError) in
      .image(
        .gridSample(
          GridSampleParameters(
            mode: try interpolation(attributes), padding: try gridPadding(attributes),
            alignCorners: try attributes.flag("align_corners"))))
    },
    Entry(name: "AffineGrid", versions: [20], inputs: 2...2, attributes: ["align_corners"]) {
      attributes throws(EngineError) in
      .image(.affineGrid(alignCorners: try attributes.flag("align_corners")))
    },
    Entry(
      name: "RoiAlign", versions: [10, 16, 22], inputs: 3...3,
      attributes: [
        "mode", "output_height", "output_width", "sampling_ratio", "spatial_scale",
        AttributeName("coordinate_transformation_mode", since: 16),
      ]
    ) { attributes throws(EngineError) in .image(.roiAlign(try roiAlign(attributes))) },
  ]

  /// The `mode` of GridSample, whose names changed with opset 20.
  private static func interpolation(
    _ attributes: AttributeReader
  ) throws(EngineError) -> Interpolation {
    let isNew = attributes.since >= 20
    switch try attributes.string("mode") ?? (isNew ? "linear" : "bilinear") {
    case "nearest": return .nearest
    case "linear" where isNew, "bilinear" where !isNew: return .linear
    case "cubic" where isNew, "bicubic" where !isNew: return .cubic
    case let other: throw attributes.invalid("attribute mode is \"\(other)\"")
    }
  }

  private static func gridPadding(
    _ attributes: AttributeReader
  ) throws(EngineError) -> GridPadding {
    switch try attributes.string("padding_mode") ?? "zeros" {
    case "zeros": return .zeros
    case "border": return .border
    case "reflection": return .reflection
    case let other: throw attributes.invalid("attribute padding_mode is \"\(other)\"")
    }
  }

  private static func roiAlign(
    _ attributes: AttributeReader
  ) throws(EngineError) -> RoiAlignParameters {
    var parameters = RoiAlignParameters()
    switch try attributes.string("mode") ?? "avg" {
    case "avg": parameters.takesMaximum = false
    case "max": parameters.takesMaximum = true
    case let other: throw attributes.invalid("attribute mode is \"\(other)\"")
    }
    let name = "coordinate_transformation_mode"
    switch try attributes.string(name)
      ?? (attributes.since < 16 ? "output_half_pixel" : "half_pixel")
    {
    case "half_pixel": parameters.halfPixel = true
    case "output_half_pixel": parameters.halfPixel = false
    case let other: throw attributes.invalid("attribute \(name) is \"\(other)\"")
    }
    parameters.outputHeight = try attributes.int("output_height", default: 1)
    parameters.outputWidth = try attributes.int("output_width", default: 1)
    parameters.samplingRatio = try attributes.int("sampling_ratio", default: 0)
    parameters.spatialScale = try attributes.float("spatial_scale", default: 1)
    return parameters
  }
}
