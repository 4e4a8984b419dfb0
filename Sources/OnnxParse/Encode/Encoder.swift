import COnnx

/// Turns the model's types into protobuf-c's structs; one extension for each family of messages.
///
/// The structs live in the arena, and `raw_data` points to where the model has it: keep both the
/// encoder and the model until the message is packed.
struct Encoder {
  let arena = Arena()

  /// A message as its generated `initialize` leaves it.
  func make<Message>(
    _ initialize: (UnsafeMutablePointer<Message>?) -> Void
  ) -> UnsafeMutablePointer<Message> {
    let message = allocate(Message.self, 1)
    initialize(message)
    return message
  }

  /// Text; nil where it is empty, so that the field is not written.
  func text(_ string: String) throws(OnnxError) -> UnsafeMutablePointer<CChar>? {
    string.isEmpty ? nil : try requiredText(string)
  }

  /// Text that is written even where it is empty.
  func requiredText(_ string: String) throws(OnnxError) -> UnsafeMutablePointer<CChar> {
    guard !string.utf8.contains(0) else {
      throw OnnxError(.invalid("the text \(string.debugDescription) holds a NUL character"))
    }
    let count = string.utf8.count
    let copy = allocate(CChar.self, count + 1)
    for (index, byte) in string.utf8.enumerated() { copy[index] = CChar(bitPattern: byte) }
    copy[count] = 0
    return copy
  }

  func texts(_ strings: [String]) throws(OnnxError) -> (Int, CList<CChar>) {
    let items = allocate(UnsafeMutablePointer<CChar>?.self, strings.count)
    for (index, string) in strings.enumerated() { items[index] = try requiredText(string) }
    return (strings.count, items)
  }

  /// Encodes each element; errors name its place.
  func list<Element, Message>(
    _ elements: [Element], _ field: String, name: KeyPath<Element, String>? = nil,
    _ encode: (Element) throws(OnnxError) -> UnsafeMutablePointer<Message>
  ) throws(OnnxError) -> (Int, CList<Message>) {
    let items = allocate(UnsafeMutablePointer<Message>?.self, elements.count)
    for (index, element) in elements.enumerated() {
      do throws(OnnxError) {
        items[index] = try encode(element)
      } catch {
        let label = name.map { element[keyPath: $0] } ?? ""
        throw error.within(elementPlace(field, index, label))
      }
    }
    return (elements.count, items)
  }

  func array<Element: BitwiseCopyable>(
    _ elements: [Element]
  ) -> (Int, UnsafeMutablePointer<Element>) {
    let copy = allocate(Element.self, elements.count)
    for (index, element) in elements.enumerated() { copy[index] = element }
    return (elements.count, copy)
  }

  func bytes(_ bytes: [UInt8]) -> ProtobufCBinaryData {
    let (count, copy) = array(bytes)
    return ProtobufCBinaryData(len: count, data: copy)
  }

  func byteStrings(
    _ strings: [[UInt8]]
  ) -> (Int, UnsafeMutablePointer<ProtobufCBinaryData>) {
    array(strings.map { bytes($0) })
  }

  func setUnknownFields(_ fields: [UnknownField], of base: inout ProtobufCMessage) {
    let encoded = fields.map { field in
      let (count, copy) = array(field.data)
      return ProtobufCMessageUnknownField(
        tag: field.tag, wire_type: ProtobufCWireType(rawValue: UInt32(field.wireType)),
        len: count, data: copy)
    }
    base.n_unknown_fields = UInt32(encoded.count)
    base.unknown_fields = array(encoded).1
  }

  func pairs(
    _ pairs: [StringPair], _ field: String
  ) throws(OnnxError) -> (Int, CList<Onnx__StringStringEntryProto>) {
    try list(pairs, field, name: \.key) { (pair) throws(OnnxError) in
      let message = make(onnx__string_string_entry_proto__init)
      message.pointee.key = try requiredText(pair.key)
      message.pointee.value = try requiredText(pair.value)
      setUnknownFields(pair.unknownFields, of: &message.pointee.base)
      return message
    }
  }

  private func allocate<Element>(
    _ type: Element.Type, _ count: Int
  ) -> UnsafeMutablePointer<Element> {
    arena.reserve(count * MemoryLayout<Element>.stride)
      .bindMemory(to: type, capacity: count)
  }
}
