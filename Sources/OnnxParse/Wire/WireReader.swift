import COnnx

/// How the value of a field is laid out; groups, which ONNX does not use, are not among them.
enum WireType: UInt8 {
  case varint = 0
  case fixed64 = 1
  case lengthDelimited = 2
  case fixed32 = 5
}

/// Reads the fields of one message, in bounds.
struct WireReader {
  /// A field's number and wire type, and where its tag lies.
  struct Tag {
    let number: UInt32
    let wireType: WireType
    let start: Int
    let end: Int
  }

  private let input: UnsafeRawBufferPointer
  private let end: Int
  private let message: MessageDescriptor
  private(set) var position: Int

  init(_ input: UnsafeRawBufferPointer, _ range: Range<Int>, _ message: MessageDescriptor) {
    self.input = input
    self.message = message
    position = range.lowerBound
    end = range.upperBound
  }

  /// `byte N (in NodeProto)`
  func place(_ offset: Int) -> String {
    let name = message.pointee.short_name.map { String(cString: $0) } ?? "message"
    return "byte \(offset) (in \(name))"
  }

  /// The next field; nil at the end of the message.
  mutating func nextTag() throws(OnnxError) -> Tag? {
    guard position < end else { return nil }
    let start = position
    let value = try varint(limit: 5, what: "a field's tag")
    let number = value >> 3
    guard number >= 1, number < 1 << 29 else {
      throw malformed("field number \(number) is out of range", at: start)
    }
    guard let wireType = WireType(rawValue: UInt8(value & 7)) else {
      throw malformed(
        "field \(number) has wire type \(value & 7), which ONNX does not use", at: start)
    }
    return Tag(number: UInt32(number), wireType: wireType, start: start, end: position)
  }

  /// Throws where the format declares another wire type for the field.
  func check(
    _ tag: Tag, against field: UnsafePointer<ProtobufCFieldDescriptor>?
  ) throws(OnnxError) {
    guard let field else { return }
    let natural = WireReader.wireType(of: field.pointee.type)
    let isPacked =
      field.pointee.label == PROTOBUF_C_LABEL_REPEATED && tag.wireType == .lengthDelimited
    guard tag.wireType == natural || isPacked else {
      throw malformed(
        "\(name(of: field)) has wire type \(tag.wireType.rawValue) instead of \(natural.rawValue)",
        at: tag.start)
    }
  }

  /// Steps over the value of a field that is not length-delimited.
  mutating func skip(_ tag: Tag) throws(OnnxError) {
    switch tag.wireType {
    case .varint: _ = try varint(limit: 10, what: "a number")
    case .fixed64: try advance(8, tag)
    case .fixed32: try advance(4, tag)
    case .lengthDelimited: _ = try lengthDelimited(tag)
    }
  }

  /// Where the content of a length-delimited field lies; steps over it.
  mutating func lengthDelimited(_ tag: Tag) throws(OnnxError) -> Range<Int> {
    let length = try varint(limit: 5, what: "a length")
    guard length <= UInt64(end - position) else {
      throw malformed(
        "field \(tag.number) claims \(length) bytes, but \(end - position) are left", at: tag.start)
    }
    let content = position..<position + Int(length)
    position = content.upperBound
    return content
  }

  /// Throws where the content is not what protobuf-c could take for `field`.
  func checkContent(
    _ content: Range<Int>, of field: UnsafePointer<ProtobufCFieldDescriptor>, _ tag: Tag
  ) throws(OnnxError) {
    switch field.pointee.type {
    case PROTOBUF_C_TYPE_BYTES: return
    case PROTOBUF_C_TYPE_STRING:
      // protobuf-c ends a string at the first NUL: the rest of the text would be lost.
      guard !input[content].contains(0) else {
        throw malformed("\(name(of: field)) holds a NUL character", at: tag.start)
      }
    default:
      try checkPacked(content, of: field, tag)
    }
  }

  private func checkPacked(
    _ content: Range<Int>, of field: UnsafePointer<ProtobufCFieldDescriptor>, _ tag: Tag
  ) throws(OnnxError) {
    switch WireReader.wireType(of: field.pointee.type) {
    case .fixed32 where content.count % 4 != 0, .fixed64 where content.count % 8 != 0:
      throw malformed("\(name(of: field)) ends within an element", at: tag.start)
    case .varint:
      var run = 0
      for byte in input[content] {
        run = byte < 0x80 ? 0 : run + 1
        guard run < 10 else {
          throw malformed("\(name(of: field)) holds an overlong number", at: tag.start)
        }
      }
      guard run == 0 else {
        throw malformed("\(name(of: field)) ends within an element", at: tag.start)
      }
    default: return
    }
  }

  private mutating func varint(limit: Int, what: String) throws(OnnxError) -> UInt64 {
    let start = position
    var value: UInt64 = 0
    for index in 0..<limit {
      guard position < end else { throw malformed("ends within \(what)", at: start) }
      let byte = input[position]
      position += 1
      value |= UInt64(byte & 0x7f) << UInt64(7 * index)
      if byte < 0x80 { return value }
    }
    throw malformed("\(what) takes more than \(limit) bytes", at: start)
  }

  private mutating func advance(_ count: Int, _ tag: Tag) throws(OnnxError) {
    guard count <= end - position else {
      throw malformed("ends within field \(tag.number)", at: tag.start)
    }
    position += count
  }

  private func malformed(_ fault: String, at offset: Int) -> OnnxError {
    OnnxError(.malformed(fault), place: place(offset))
  }

  private func name(of field: UnsafePointer<ProtobufCFieldDescriptor>) -> String {
    field.pointee.name.map { String(cString: $0) } ?? "field \(field.pointee.id)"
  }

  private static func wireType(of type: ProtobufCType) -> WireType {
    switch type {
    case PROTOBUF_C_TYPE_STRING, PROTOBUF_C_TYPE_BYTES, PROTOBUF_C_TYPE_MESSAGE: .lengthDelimited
    case PROTOBUF_C_TYPE_FLOAT, PROTOBUF_C_TYPE_FIXED32, PROTOBUF_C_TYPE_SFIXED32: .fixed32
    case PROTOBUF_C_TYPE_DOUBLE, PROTOBUF_C_TYPE_FIXED64, PROTOBUF_C_TYPE_SFIXED64: .fixed64
    default: .varint
    }
  }
}
