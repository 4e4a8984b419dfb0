import COnnx

typealias MessageDescriptor = UnsafePointer<ProtobufCMessageDescriptor>

/// Checks the wire format of a file and takes the weights out of it, before protobuf-c sees it.
///
/// protobuf-c descends by recursion and copies every field. So this goes first: it bounds the
/// nesting, checks each length against the message around it, and writes a *skeleton*: the same
/// messages, where each `raw_data` holds a ``RawDataPlace`` instead of its bytes. Only declared
/// message fields are entered; what protobuf-c will keep as unknown is copied as it is.
struct WireScanner {
  /// Deepest nesting of messages; Google's own decoders stop at the same depth.
  static let depthLimit = 100

  /// The bytes for protobuf-c.
  private(set) var skeleton: [UInt8] = []
  private let input: UnsafeRawBufferPointer
  private let tensor = vitq_tensor_descriptor()

  init(_ input: UnsafeRawBufferPointer) { self.input = input }

  /// Scans the whole input as one message of type `root`.
  mutating func scan(as root: MessageDescriptor) throws(OnnxError) {
    try scan(0..<input.count, as: root, depth: 1)
  }

  private mutating func scan(
    _ range: Range<Int>, as message: MessageDescriptor, depth: Int
  ) throws(OnnxError) {
    var reader = WireReader(input, range, message)
    while let tag = try reader.nextTag() {
      let field = protobuf_c_message_descriptor_get_field(message, tag.number)
      try reader.check(tag, against: field)
      guard tag.wireType == .lengthDelimited else {
        try reader.skip(tag)
        append(tag.start..<reader.position)
        continue
      }
      let content = try reader.lengthDelimited(tag)
      if let field, field.pointee.type == PROTOBUF_C_TYPE_MESSAGE,
        let inner = field.pointee.descriptor
      {
        guard depth < WireScanner.depthLimit else {
          throw OnnxError(
            .nestedTooDeep(limit: WireScanner.depthLimit), place: reader.place(tag.start))
        }
        append(tag.start..<tag.end)
        let length = reserveLength()
        try scan(
          content, as: inner.assumingMemoryBound(to: ProtobufCMessageDescriptor.self),
          depth: depth + 1)
        patchLength(at: length)
      } else if message == tensor, tag.number == RawDataPlace.fieldNumber {
        append(tag.start..<tag.end)
        RawDataPlace(offset: content.lowerBound, count: content.count).write(to: &skeleton)
      } else {
        if let field { try reader.checkContent(content, of: field, tag) }
        append(tag.start..<content.upperBound)
      }
    }
  }

  private mutating func append(_ range: Range<Int>) {
    skeleton.append(contentsOf: UnsafeRawBufferPointer(rebasing: input[range]))
  }

  /// Makes room for a length that is known only when the message has been written.
  private mutating func reserveLength() -> Int {
    skeleton.append(contentsOf: [0x80, 0x80, 0x80, 0x80, 0x00])
    return skeleton.count
  }

  /// Writes the number of bytes since `start` into the five bytes before it.
  private mutating func patchLength(at start: Int) {
    let length = skeleton.count - start
    for byte in 0..<5 {
      skeleton[start - 5 + byte] |= UInt8(truncatingIfNeeded: length >> (7 * byte)) & 0x7f
    }
  }
}

/// Where the content of a `raw_data` lies in the file; stands in its place in the skeleton.
///
/// Every `raw_data` is replaced, so no content of a file can be taken for a place.
struct RawDataPlace {
  /// The number of `raw_data` in `TensorProto`.
  static let fieldNumber: UInt32 = 9
  private static let byteCount = 16

  let offset: Int
  let count: Int

  init(offset: Int, count: Int) {
    self.offset = offset
    self.count = count
  }

  /// Reads a place that ``write(to:)`` wrote.
  init?(_ data: ProtobufCBinaryData) {
    guard data.len == RawDataPlace.byteCount, let start = data.data else { return nil }
    let raw = UnsafeRawPointer(start)
    offset = Int(raw.loadUnaligned(as: Int64.self))
    count = Int(raw.loadUnaligned(fromByteOffset: 8, as: Int64.self))
  }

  /// Appends the length prefix and the place.
  func write(to skeleton: inout [UInt8]) {
    skeleton.append(UInt8(RawDataPlace.byteCount))
    for value in [Int64(offset), Int64(count)] {
      withUnsafeBytes(of: value) { skeleton.append(contentsOf: $0) }
    }
  }
}
