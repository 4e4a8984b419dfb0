/// The members of a `preprocessor_config.json`, read one key at a time.
struct ProcessorConfigKeys {
  let members: [String: JSONValue]
  /// Whether a missing key may have the default of `ViTImageProcessor`.
  private let hasViTDefaults: Bool

  /// `do_convert_rgb` and `data_format` are here because images are always RGB and the layout is
  /// always channels first.
  private static let known: Set<String> = [
    "crop_size", "do_center_crop", "do_convert_rgb", "do_normalize", "do_rescale", "do_resize",
    "image_mean", "image_std", "resample", "rescale_factor", "size",
  ]
  private static let harmless: Set<String> = [
    "_valid_processor_keys", "auto_map", "device", "disable_grouping", "feature_extractor_type",
    "image_processor_type", "image_seq_length", "input_data_format", "processor_class",
    "return_tensors", "transformers_version",
  ]

  init(members: [String: JSONValue]) {
    self.members = members.filter { $0.value != .null }
    let types = ["image_processor_type", "feature_extractor_type"].compactMap { members[$0] }
    hasViTDefaults = types.allSatisfy {
      if case .string(let name) = $0 { name.hasPrefix("ViT") } else { false }
    }
  }

  /// An unknown key that is off changes nothing; any other might change pixels.
  func rejectUnknown() throws(ImageError) {
    let unknown = members.filter { key, value in
      !Self.known.contains(key) && !Self.harmless.contains(key) && value != .bool(false)
        && !(key == "data_format" && value == .string("channels_first"))
    }
    guard let key = unknown.keys.min() else { return }
    throw ImageError(
      .unsupported(
        "\"\(key)\" is not known here and may change pixels; known are "
          + Self.known.sorted().joined(separator: ", ")))
  }

  func bool(_ key: String, default fallback: Bool) throws(ImageError) -> Bool {
    try value(key, default: fallback, wanted: "true or false") {
      if case .bool(let bool) = $0 { bool } else { nil }
    }
  }

  /// Like ``bool(_:default:)`` for a key whose default all processors share.
  func sharedBool(_ key: String, default fallback: Bool) throws(ImageError) -> Bool {
    members[key] == nil ? fallback : try bool(key, default: fallback)
  }

  func number(_ key: String, default fallback: Double) throws(ImageError) -> Double {
    guard members[key] != nil else { return fallback }
    return try value(key, default: fallback, wanted: "a number") {
      if case .number(let number) = $0 { number } else { nil }
    }
  }

  func filter(
    _ key: String, default fallback: ResampleFilter
  ) throws(ImageError) -> ResampleFilter {
    try value(key, default: fallback, wanted: "one of Pillow's filters, 0 to 5") {
      $0.integer.flatMap(ResampleFilter.init(rawValue:))
    }
  }

  func size(
    _ key: String, default fallback: ProcessorConfig.Size?
  ) throws(ImageError) -> ProcessorConfig.Size? {
    let wanted = hasViTDefaults ? "a number, {height, width} or {shortest_edge}" : pair
    return try value(key, default: fallback, wanted: wanted) {
      if let crop = $0.crop, hasViTDefaults || $0.integer == nil {
        return .exact(height: crop.height, width: crop.width)
      }
      guard case .object(let members) = $0, members.count == 1 else { return nil }
      return members["shortest_edge"]?.side.map(ProcessorConfig.Size.shortestEdge)
    }
  }

  func crop(_ key: String) throws(ImageError) -> ProcessorConfig.Crop {
    try value(key, default: nil, wanted: "a number or {height, width}") { $0.crop }
  }

  func channels(
    _ key: String, default fallback: Double, nonZero: Bool = false
  ) throws(ImageError) -> [Double] {
    let wanted = nonZero ? "three numbers other than 0" : "three numbers"
    return try value(key, default: [fallback, fallback, fallback], wanted: wanted) {
      guard let channels = $0.channels, !nonZero || !channels.contains(0) else { return nil }
      return channels
    }
  }

  private var pair: String { "{height, width} or {shortest_edge}" }

  private func value<Value>(
    _ key: String, default fallback: Value?, wanted: String, _ convert: (JSONValue) -> Value?
  ) throws(ImageError) -> Value {
    guard let member = members[key] else {
      if hasViTDefaults, let fallback { return fallback }
      throw ImageError(.malformed("\"\(key)\" is missing; it should be \(wanted)"))
    }
    guard let value = convert(member) else {
      throw ImageError(.malformed("\"\(key)\" is not \(wanted)"))
    }
    return value
  }
}

extension JSONValue {
  fileprivate var integer: Int? {
    if case .number(let number) = self { Int(exactly: number) } else { nil }
  }

  fileprivate var side: Int? {
    integer.flatMap { (1...ProcessorConfig.sideLimit).contains($0) ? $0 : nil }
  }

  fileprivate var crop: ProcessorConfig.Crop? {
    if let side { return ProcessorConfig.Crop(height: side, width: side) }
    guard case .object(let members) = self, members.count == 2,
      let height = members["height"]?.side, let width = members["width"]?.side
    else { return nil }
    return ProcessorConfig.Crop(height: height, width: width)
  }

  /// Three numbers, or one for all channels.
  fileprivate var channels: [Double]? {
    if case .number(let number) = self { return [number, number, number] }
    guard case .array(let values) = self, values.count == 3 else { return nil }
    let numbers = values.compactMap { if case .number(let number) = $0 { number } else { nil } }
    return numbers.count == 3 ? numbers : nil
  }
}
