import COnnx

/// A list of C strings or messages as protobuf-c holds it.
typealias CList<Element> = UnsafeMutablePointer<UnsafeMutablePointer<Element>?>?

/// Turns protobuf-c's structs into the model's types; one extension for each family of messages.
struct Decoder {
  /// The file, where `raw_data` is.
  let region: ByteRegion

  /// Text that may be absent.
  func text(
    _ text: UnsafeMutablePointer<CChar>?, _ field: @autoclosure () -> String
  ) throws(OnnxError) -> String {
    guard let text else { return "" }
    guard let string = String(validatingCString: text) else {
      throw OnnxError(.malformed("the text is not UTF-8"), place: field())
    }
    return string
  }

  func texts(
    _ items: CList<CChar>, _ count: Int, _ field: String
  ) throws(OnnxError) -> [String] {
    var result: [String] = []
    result.reserveCapacity(count)
    for index in 0..<count {
      result.append(try text(items?[index], "\(field)[\(index)]"))
    }
    return result
  }

  /// Decodes each element; errors name its place, with the text that `name` points to.
  func list<Message, Element>(
    _ items: CList<Message>, _ count: Int, _ field: String,
    name: KeyPath<Message, UnsafeMutablePointer<CChar>?>? = nil,
    _ decode: (Message) throws(OnnxError) -> Element
  ) throws(OnnxError) -> [Element] {
    var result: [Element] = []
    result.reserveCapacity(count)
    for index in 0..<count {
      guard let message = items?[index]?.pointee else { continue }
      do throws(OnnxError) {
        result.append(try decode(message))
      } catch {
        let label = name.flatMap { message[keyPath: $0] }.map { String(cString: $0) }
        throw error.within(elementPlace(field, index, label ?? ""))
      }
    }
    return result
  }

  func array<Element>(_ items: UnsafeMutablePointer<Element>?, _ count: Int) -> [Element] {
    Array(UnsafeBufferPointer(start: items, count: items == nil ? 0 : count))
  }

  func bytes(_ data: ProtobufCBinaryData) -> [UInt8] { array(data.data, data.len) }

  func byteStrings(
    _ items: UnsafeMutablePointer<ProtobufCBinaryData>?, _ count: Int
  ) -> [[UInt8]] {
    array(items, count).map { bytes($0) }
  }

  func unknownFields(_ base: ProtobufCMessage) -> [UnknownField] {
    array(base.unknown_fields, Int(base.n_unknown_fields)).map {
      UnknownField(
        tag: $0.tag, wireType: UInt8(truncatingIfNeeded: $0.wire_type.rawValue),
        data: array($0.data, $0.len))
    }
  }

  func pairs(
    _ items: CList<Onnx__StringStringEntryProto>, _ count: Int, _ field: String
  ) throws(OnnxError) -> [StringPair] {
    try list(items, count, field) { (message) throws(OnnxError) in
      StringPair(
        key: try text(message.key, "key"), value: try text(message.value, "value"),
        unknownFields: unknownFields(message.base))
    }
  }
}
