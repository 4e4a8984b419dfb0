import Foundation
import Imaging
import OnnxParse

/// What can be known of the images that a model takes where its input does not say their size.
struct ImageGuess {
  let channels: Int
  let height: Int
  let width: Int

  /// The size that most Vision Transformers take.
  private static let usualSide = 224

  /// The channels that `patches` asks for, and the size from the first that says one: the
  /// configurations beside the model, the table of positions.
  init(of location: ModelLocation, patches: PatchConvolution?) {
    // A configuration that can't be read is no guess, and none is needed to write a model.
    let processor = location.preprocessor.flatMap { try? ProcessorConfig.load(path: $0) }?
      .outputSize
    let model = location.configuration
      .flatMap { FileManager.default.contents(atPath: $0) }
      .flatMap { try? JSONDecoder().decode(ModelConfiguration.self, from: $0) }
    let configured = model?.imageSize?.sides
    channels = patches?.channels ?? model?.channels ?? 3
    height =
      processor?.height ?? configured?.height ?? patches?.tableSide?.height ?? Self.usualSide
    width = processor?.width ?? configured?.width ?? patches?.tableSide?.width ?? Self.usualSide
  }
}

/// The convolution that makes patches of an input, and what it demands of it.
struct PatchConvolution {
  let channels: Int
  /// Rows and columns that make as many patches as the table of positions has entries; nil where
  /// there is no such table.
  let tableSide: (height: Int, width: Int)?

  /// The Conv in `graph` that reads the value `input`; nil where there is none.
  init?(over input: String, in graph: Graph) {
    let reader = graph.nodes.first {
      $0.opType == "Conv" && $0.domain.isEmpty && $0.inputs.count >= 2 && $0.inputs[0] == input
    }
    guard let reader,
      let kernel = graph.initializers.first(where: { $0.name == reader.inputs[1] })?.dims,
      kernel.count == 4, kernel.allSatisfy({ (1...4096).contains($0) })
    else { return nil }
    var groups: Int64 = 1
    if case .int(let value)? = reader.attribute("group")?.value, (1...4096).contains(value) {
      groups = value
    }
    channels = Int(kernel[1] * groups)
    guard case .ints(let strides)? = reader.attribute("strides")?.value, strides.count == 2,
      strides.allSatisfy({ (1...4096).contains($0) })
    else {
      tableSide = nil
      return
    }
    // [1, patches and up to two tokens of no patch, hidden].
    let table = graph.initializers.first { tensor in
      tensor.dims.count == 3 && tensor.dims[0] == 1 && tensor.dims[1] > 2
        && tensor.dims[1] <= 1 << 20 && tensor.dims[2] == kernel[0]
    }
    let side = table.flatMap { table in
      (0...2).lazy.map { Double(table.dims[1] - $0).squareRoot() }.first { $0 == $0.rounded() }
    }
    tableSide = side.map { (Int($0) * Int(strides[0]), Int($0) * Int(strides[1])) }
  }
}

/// What Hugging Face's `config.json` says of a model's images.
private struct ModelConfiguration: Decodable {
  let imageSize: ImageSize?
  let channels: Int?

  enum CodingKeys: String, CodingKey {
    case imageSize = "image_size"
    case channels = "num_channels"
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    imageSize = try? container.decode(ImageSize.self, forKey: .imageSize)
    let number = try? container.decode(Int.self, forKey: .channels)
    channels = number.flatMap { (1...4096).contains($0) ? $0 : nil }
  }
}

/// One side of a square, or height and width.
private struct ImageSize: Decodable {
  let sides: (height: Int, width: Int)

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let sizes =
      try (try? container.decode(Int.self)).map { [$0, $0] } ?? container.decode([Int].self)
    guard sizes.count == 2, sizes.allSatisfy({ (1...ProcessorConfig.sideLimit).contains($0) })
    else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "no size")
    }
    sides = (sizes[0], sizes[1])
  }
}
