/// The members of a `preprocessor_config.json`, read one key at a time.
struct ProcessorConfigKeys {
  /// Whose defaults a missing key has.
  let family: ProcessorFamily
  private let members: [String: JSONValue]

  /// `do_convert_rgb` is here because images are always RGB.
  private static let known: Set<String> = [
    "crop_size", "default_to_square", "do_center_crop", "do_convert_rgb", "do_normalize",
    "do_rescale", "do_resize", "image_mean", "image_std", "resample", "rescale_factor", "size",
  ]
  /// What says who reads the file, or how a batch is held. Labels are reduced in maps of labels only.
  private static let harmless: Set<String> = [
    "_valid_processor_keys", "device", "disable_grouping", "do_reduce_labels", "image_seq_length",
    "input_data_format", "processor_class", "reduce_labels", "return_tensors",
    "transformers_version",
  ]
  /// Steps of other processors, which do nothing where they are off.
  private static let harmlessIfOff: Set<String> = [
    "do_flip_channel_order", "do_pad", "use_square_size",
  ]
  /// The first of these that a file has names the processor, as in transformers.
  private static let types = ["image_processor_type", "feature_extractor_type", "processor_class"]

  /// - Throws: ``ImageError`` where the processor or a key is not known.
  init(members: [String: JSONValue]) throws(ImageError) {
    let members = members.filter { $0.value != .null }
    self.members = members
    family = try Self.family(members)
    try rejectUnknown()
  }

  /// A file that names no processor is taken for ViT's.
  private static func family(_ members: [String: JSONValue]) throws(ImageError) -> ProcessorFamily {
    guard let key = types.first(where: { members[$0] != nil }), let value = members[key] else {
      return .vit
    }
    guard case .string(let type) = value else {
      throw ImageError(.malformed("\"\(key)\" is not a name"))
    }
    guard let family = ProcessorFamily(type: type) else {
      let names = ProcessorFamily.allCases.map(\.rawValue).joined(separator: ", ")
      throw ImageError(
        .unsupported("\"\(key)\" is \(type); known are the image processors of \(names)"))
    }
    return family
  }

  private func rejectUnknown() throws(ImageError) {
    let unknown = members.filter { key, value in
      let isKnown = Self.known.contains(key) || key == "crop_pct" && family == .convNext
      let isHarmless =
        Self.harmless.contains(key) || Self.types.contains(key)
        || Self.harmlessIfOff.contains(key) && value == .bool(false)
        || key == "data_format" && value == .string("channels_first")
      return !isKnown && !isHarmless
    }
    guard let key = unknown.keys.min() else { return }
    throw ImageError(
      .unsupported(
        "\"\(key)\" is not known here and may change pixels; known are "
          + Self.known.sorted().joined(separator: ", ")))
  }

  func bool(_ key: String, default fallback: Bool?) throws(ImageError) -> Bool {
    try value(key, default: fallback, wanted: "true or false") {
      if case .bool(let bool) = $0 { bool } else { nil }
    }
  }

  func positive(_ key: String, default fallback: Double) throws(ImageError) -> Double {
    try value(key, default: fallback, wanted: "a number above 0") {
      if case .number(let number) = $0, number > 0 { number } else { nil }
    }
  }

  func filter(
    _ key: String, default fallback: ResampleFilter?
  ) throws(ImageError) -> ResampleFilter {
    try value(key, default: fallback, wanted: "one of Pillow's filters, 0 to 5") {
      $0.integer.flatMap(ResampleFilter.init(rawValue:))
    }
  }

  /// A number means both sides where `numberIsSquare`, or else the shorter.
  func size(
    _ key: String, default fallback: ProcessorConfig.Size?, numberIsSquare: Bool
  ) throws(ImageError) -> ProcessorConfig.Size {
    let wanted =
      "a number, {height, width}, {shortest_edge}, {shortest_edge, longest_edge} or "
      + "{max_height, max_width}"
    return try value(key, default: fallback, wanted: wanted) {
      if let side = $0.side {
        return numberIsSquare ? .exact(height: side, width: side) : .shortestEdge(side)
      }
      return $0.sides.flatMap(ProcessorConfig.Size.init(sides:))
    }
  }

  func crop(
    _ key: String, default fallback: ProcessorConfig.Crop?
  ) throws(ImageError) -> ProcessorConfig.Crop {
    try value(key, default: fallback, wanted: "a number or {height, width}") {
      if let side = $0.side { return ProcessorConfig.Crop(height: side, width: side) }
      guard let sides = $0.sides, sides.count == 2, let height = sides["height"],
        let width = sides["width"]
      else { return nil }
      return ProcessorConfig.Crop(height: height, width: width)
    }
  }

  func channels(
    _ key: String, default fallback: [Double], nonZero: Bool = false
  ) throws(ImageError) -> [Double] {
    let wanted = nonZero ? "three numbers other than 0" : "three numbers"
    return try value(key, default: fallback, wanted: wanted) {
      guard let channels = $0.channels, !nonZero || !channels.contains(0) else { return nil }
      return channels
    }
  }

  private func value<Value>(
    _ key: String, default fallback: Value?, wanted: String, _ convert: (JSONValue) -> Value?
  ) throws(ImageError) -> Value {
    guard let member = members[key] else {
      if let fallback { return fallback }
      throw ImageError(.malformed("\"\(key)\" is missing; it should be \(wanted)"))
    }
    guard let value = convert(member) else {
      throw ImageError(.malformed("\"\(key)\" is not \(wanted)"))
    }
    return value
  }
}

extension ProcessorConfig.Size {
  fileprivate init?(sides: [String: Int]) {
    if sides.count == 1, let edge = sides["shortest_edge"] {
      self = .shortestEdge(edge)
    } else if sides.count != 2 {
      return nil
    } else if let height = sides["height"], let width = sides["width"] {
      self = .exact(height: height, width: width)
    } else if let shortest = sides["shortest_edge"], let longest = sides["longest_edge"] {
      self = .edges(shortest: shortest, longest: longest)
    } else if let height = sides["max_height"], let width = sides["max_width"] {
      self = .within(height: height, width: width)
    } else {
      return nil
    }
  }
}

extension JSONValue {
  fileprivate var integer: Int? {
    if case .number(let number) = self { Int(exactly: number) } else { nil }
  }

  fileprivate var side: Int? {
    integer.flatMap { (1...ProcessorConfig.sideLimit).contains($0) ? $0 : nil }
  }

  /// Sides by name; those that are null are as if they were not there.
  fileprivate var sides: [String: Int]? {
    guard case .object(let members) = self else { return nil }
    let named = members.filter { $0.value != .null }
    let sides = named.compactMapValues(\.side)
    return sides.count == named.count ? sides : nil
  }

  /// Three numbers, or one for all channels.
  fileprivate var channels: [Double]? {
    if case .number(let number) = self { return [number, number, number] }
    guard case .array(let values) = self, values.count == 3 else { return nil }
    let numbers = values.compactMap { if case .number(let number) = $0 { number } else { nil } }
    return numbers.count == 3 ? numbers : nil
  }
}
