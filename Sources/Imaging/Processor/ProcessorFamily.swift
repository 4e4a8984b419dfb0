/// The image processors of Hugging Face whose steps are known here, and what a file of each leaves unsaid.
///
/// The defaults are those of transformers 5.23; where version 4 had another, there is none.
enum ProcessorFamily: String, CaseIterable {
  case vit = "ViT"
  case deit = "DeiT"
  case beit = "Beit"
  case clip = "CLIP"
  case siglip = "Siglip"
  /// DINOv2's as well.
  case bit = "Bit"
  case convNext = "ConvNext"

  private static let endings = [
    "ImageProcessor", "ImageProcessorFast", "ImageProcessorPil", "FeatureExtractor", "Processor",
  ]

  /// The family of the class called `type`, such as `ViTImageProcessorFast` or `CLIPProcessor`.
  init?(type: String) {
    let family = Self.allCases.first { family in
      Self.endings.contains { type == family.rawValue + $0 }
    }
    guard let family else { return nil }
    self = family
  }

  /// Whether a size that is a number means both sides, or else the shorter.
  var numberIsSquare: Bool {
    switch self {
    case .vit, .deit, .beit: true
    case .clip, .siglip, .bit, .convNext: false
    }
  }

  var size: ProcessorConfig.Size? {
    switch self {
    case .vit, .siglip: .exact(height: 224, width: 224)
    case .deit: .exact(height: 256, width: 256)
    case .clip, .bit: .shortestEdge(224)
    case .convNext: .shortestEdge(384)
    case .beit: nil
    }
  }

  var filter: ResampleFilter? {
    switch self {
    case .vit: .bilinear
    case .deit, .beit, .clip, .siglip, .bit: .bicubic
    case .convNext: nil
    }
  }

  var centerCrops: Bool? {
    switch self {
    case .vit, .siglip, .convNext: false
    case .deit, .clip, .bit: true
    case .beit: nil
    }
  }

  var cropSize: ProcessorConfig.Crop? {
    switch self {
    case .deit, .beit, .clip, .bit: ProcessorConfig.Crop(height: 224, width: 224)
    case .vit, .siglip, .convNext: nil
    }
  }

  var mean: [Double] {
    switch self {
    case .clip, .bit: [0.48145466, 0.4578275, 0.40821073]
    case .vit, .deit, .beit, .siglip, .convNext: [0.5, 0.5, 0.5]
    }
  }

  var standardDeviation: [Double] {
    switch self {
    case .clip, .bit: [0.26862954, 0.26130258, 0.27577711]
    case .vit, .deit, .beit, .siglip, .convNext: [0.5, 0.5, 0.5]
    }
  }
}
