import ViTKernel

/// The header of NumPy's `.npy` format: magic, version, length, and a Python dictionary as text.
///
/// The format is that of `numpy.lib.format`, versions 1.0, 2.0 and 3.0.
struct NpyHeader: Equatable {
  var elementType: ElementType
  var shape: [Int]

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  private static let alignment = 64

  /// The header at the start of `bytes`, and where the elements begin.
  ///
  /// - Throws: A text that says what is wrong.
  static func decode(_ bytes: [UInt8]) throws(NpyFault) -> (header: NpyHeader, end: Int) {
    guard bytes.starts(with: magic), bytes.count >= magic.count + 2 else {
      throw NpyFault("not a .npy file: it does not begin with NumPy's magic bytes")
    }
    let version = bytes[magic.count]
    guard (1...3).contains(version) else {
      throw NpyFault("version \(version) of the .npy format is unknown; 1 to 3 are read")
    }
    let lengthBytes = version == 1 ? 2 : 4
    let textStart = magic.count + 2 + lengthBytes
    guard bytes.count >= textStart else { throw NpyFault("the file ends within its header") }
    let length = bytes[(magic.count + 2)..<textStart].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= bytes.count - textStart else {
      throw NpyFault("the file ends within its header")
    }
    let end = textStart + length
    var scanner = NpyHeaderScanner(bytes[textStart..<end])
    return (try scanner.header(), end)
  }

  /// The header, padded so that the elements begin at a multiple of 64: version 1.0, or 2.0 where it
  /// is too long for the two bytes of a length that 1.0 has.
  func encoded() -> [UInt8] {
    let sizes = shape.map { "\($0)," }.joined(separator: " ")
    let text =
      "{'descr': '\(elementType.npyDescription)', 'fortran_order': False, 'shape': (\(sizes)), }"
    let length = { (prefix: Int) in
      let unpadded = prefix + text.utf8.count + 1
      return (unpadded + Self.alignment - 1) / Self.alignment * Self.alignment - prefix
    }
    let start = Self.magic.count + 2
    let short = UInt16(exactly: length(start + 2))
    let version: [UInt8] =
      if let short { [1, 0] + short.littleEndianBytes } else {
        [2, 0] + UInt32(length(start + 4)).littleEndianBytes
      }
    let unpadded = Self.magic + version + Array(text.utf8)
    let padding = Self.alignment - 1 - unpadded.count % Self.alignment
    return unpadded + [UInt8](repeating: UInt8(ascii: " "), count: padding) + [UInt8(ascii: "\n")]
  }
}

extension FixedWidthInteger {
  fileprivate var littleEndianBytes: [UInt8] {
    (0..<Self.bitWidth / 8).map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) }
  }
}

/// What is wrong with the bytes of a `.npy` file.
struct NpyFault: Error, Equatable {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}

extension ElementType {
  /// The types that NumPy has.
  static let inNumPy = allCases.filter { $0 == .float16 || $0.computed == $0 }

  /// NumPy's description of the type, little-endian.
  ///
  /// NumPy has no name for the others: bfloat16 and narrower types are written as float32, float16 as
  /// itself, and integers of 2 and 4 bits as bytes.
  var npyDescription: String {
    switch self {
    case .float16: "<f2"
    case .int16: "<i2"
    case .uint16: "<u2"
    case .uint32: "<u4"
    case .uint64: "<u8"
    case .float32: "<f4"
    case .float64: "<f8"
    case .int8: "|i1"
    case .uint8: "|u1"
    case .int32: "<i4"
    case .int64: "<i8"
    case .bool: "|b1"
    default: computed.npyDescription
    }
  }
}
