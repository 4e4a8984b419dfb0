extension PlanFile: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case schema, options, nodes
    case modelDigest = "model_sha256"
  }

  /// Reads the object of a plan file.
  ///
  /// - Throws: `DecodingError` for another schema, what is missing, unknown keys and values, and a name
  ///   that is there twice.
  public init(from decoder: any Decoder) throws {
    let values = try StrictContainer(decoder, CodingKeys.self)
    let schema = try values.container.decode(String.self, forKey: .schema)
    guard schema == Self.schema else {
      throw values.invalid(.schema, "is \"\(schema)\"; this program reads \(Self.schema)")
    }
    self.init(
      modelDigest: try values.container.decodeIfPresent(String.self, forKey: .modelDigest),
      options: try values.container.decode(Options.self, forKey: .options),
      nodes: try values.container.decode([Entry].self, forKey: .nodes))
    var names: Set<String> = []
    if let repeated = nodes.first(where: { !names.insert($0.name).inserted }) {
      throw values.invalid(.nodes, "names \"\(repeated.name)\" twice")
    }
  }

  /// Writes the object of a plan file.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Self.schema, forKey: .schema)
    try container.encodeIfPresent(modelDigest, forKey: .modelDigest)
    try container.encode(options, forKey: .options)
    try container.encode(nodes, forKey: .nodes)
  }
}

extension PlanFile.Options: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case preset, operators, range, symmetric
    case perChannel = "per_channel"
    case weightType = "weight_type"
    case reduceRange = "reduce_range"
  }

  /// Reads the object; only `symmetric` may be left out.
  public init(from decoder: any Decoder) throws {
    let values = try StrictContainer(decoder, CodingKeys.self)
    self.init(
      preset: try values.decodeCase(forKey: .preset),
      operators: Set(try values.decodeCases(forKey: .operators)),
      perChannel: try values.container.decode(Bool.self, forKey: .perChannel),
      range: try values.decodeCase(forKey: .range),
      weightType: try values.decodeCase(forKey: .weightType),
      symmetric: try values.container.decodeIfPresent(Bool.self, forKey: .symmetric),
      reduceRange: try values.container.decode(Bool.self, forKey: .reduceRange))
  }

  /// Writes the object.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(preset, forKey: .preset)
    try container.encode(operators.sorted { $0.rawValue < $1.rawValue }, forKey: .operators)
    try container.encode(perChannel, forKey: .perChannel)
    try container.encode(range, forKey: .range)
    try container.encode(weightType, forKey: .weightType)
    try container.encodeIfPresent(symmetric, forKey: .symmetric)
    try container.encode(reduceRange, forKey: .reduceRange)
  }
}

extension PlanFile.Entry: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case name, quantize, range
    case perChannel = "per_channel"
  }

  /// Reads the object; `name` and `quantize` must be there.
  public init(from decoder: any Decoder) throws {
    let values = try StrictContainer(decoder, CodingKeys.self)
    let choice = NodeChoice(
      quantize: try values.container.decode(Bool.self, forKey: .quantize),
      perChannel: try values.container.decodeIfPresent(Bool.self, forKey: .perChannel),
      range: try values.decodeCaseIfPresent(forKey: .range))
    self.init(name: try values.container.decode(String.self, forKey: .name), choice: choice)
  }

  /// Writes the object.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(choice.quantize, forKey: .quantize)
    try container.encodeIfPresent(choice.perChannel, forKey: .perChannel)
    try container.encodeIfPresent(choice.range, forKey: .range)
  }
}

/// The members of an object that has no keys but those of `Key`.
private struct StrictContainer<Key: CodingKey & CaseIterable> {
  let container: KeyedDecodingContainer<Key>

  init(_ decoder: any Decoder, _ keys: Key.Type) throws {
    container = try decoder.container(keyedBy: keys)
    let present = try decoder.container(keyedBy: AnyKey.self).allKeys
    let known = Set(Key.allCases.map(\.stringValue))
    let unknown = present.filter { !known.contains($0.stringValue) }
    if let first = unknown.min(by: { $0.stringValue < $1.stringValue }) {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath + [first], debugDescription: "is not a known key"))
    }
  }

  func invalid(_ key: Key, _ reason: String) -> DecodingError {
    .dataCorrupted(.init(codingPath: container.codingPath + [key], debugDescription: reason))
  }

  /// The case of an enumeration that the string at `key` names.
  func decodeCase<Value: NamedCase>(forKey key: Key) throws -> Value {
    try value(named: container.decode(String.self, forKey: key), key)
  }

  /// As ``decodeCase(forKey:)``; nil where the key is not there.
  func decodeCaseIfPresent<Value: NamedCase>(forKey key: Key) throws -> Value? {
    try container.contains(key) ? decodeCase(forKey: key) : nil
  }

  /// The cases that the strings in the array at `key` name.
  func decodeCases<Value: NamedCase>(forKey key: Key) throws -> [Value] {
    try container.decode([String].self, forKey: key).map { try value(named: $0, key) }
  }

  private func value<Value: NamedCase>(named name: String, _ key: Key) throws -> Value {
    if let value = Value(rawValue: name) { return value }
    let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
    throw invalid(key, "has \"\(name)\"; there are \(known)")
  }
}

private typealias NamedCase = CaseIterable & RawRepresentable<String>

private struct AnyKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
