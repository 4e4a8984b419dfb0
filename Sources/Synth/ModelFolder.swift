import Foundation

extension Architecture {
  /// The `config.json` that Hugging Face transformers write for the architecture, with labels
  /// `LABEL_0` and so on.
  ///
  /// - Precondition: `labelCount` is positive.
  public func configuration(labelCount: Int) throws -> Data {
    let labels = (0..<labelCount).map { "LABEL_\($0)" }
    let configuration = Configuration(
      architectures: ["ViTForImageClassification"], modelType: "vit", hiddenSize: hiddenSize,
      numHiddenLayers: layerCount, numAttentionHeads: headCount,
      intermediateSize: intermediateSize, imageSize: imageSize, patchSize: patchSize,
      numChannels: Self.channelCount, hiddenAct: "gelu", layerNormEps: 1e-12, qkvBias: true,
      initializerRange: 0.02,
      id2label: Dictionary(uniqueKeysWithValues: labels.enumerated().map { ("\($0)", $1) }),
      label2id: Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, $0) }))
    return try encode(configuration)
  }

  /// The `preprocessor_config.json` of Hugging Face's `ViTImageProcessor` for the architecture.
  public func preprocessorConfiguration() throws -> Data {
    let half = [Double](repeating: 0.5, count: Self.channelCount)
    return try encode(
      PreprocessorConfiguration(
        imageProcessorType: "ViTImageProcessor", doResize: true,
        size: ["height": imageSize, "width": imageSize], resample: 2, doRescale: true,
        rescaleFactor: 1.0 / 255, doNormalize: true, imageMean: half, imageStd: half))
  }

  private func encode(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return try encoder.encode(value) + Data("\n".utf8)
  }
}

private struct Configuration: Encodable {
  let architectures: [String]
  let modelType: String
  let hiddenSize: Int
  let numHiddenLayers: Int
  let numAttentionHeads: Int
  let intermediateSize: Int
  let imageSize: Int
  let patchSize: Int
  let numChannels: Int
  let hiddenAct: String
  let layerNormEps: Double
  let qkvBias: Bool
  let initializerRange: Double
  let id2label: [String: String]
  let label2id: [String: Int]
}

private struct PreprocessorConfiguration: Encodable {
  let imageProcessorType: String
  let doResize: Bool
  let size: [String: Int]
  /// Pillow's number for bilinear.
  let resample: Int
  let doRescale: Bool
  let rescaleFactor: Double
  let doNormalize: Bool
  let imageMean: [Double]
  let imageStd: [Double]
}
