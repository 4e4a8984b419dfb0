import ViTKernel

/// Reads the dictionary of a `.npy` header: only the three keys that the format has, in any order.
struct NpyHeaderScanner {
  private var rest: ArraySlice<UInt8>

  init(_ text: ArraySlice<UInt8>) { rest = text }

  mutating func header() throws(NpyFault) -> NpyHeader {
    var elementType: ElementType?
    var shape: [Int]?
    var isColumnMajor: Bool?
    try expect("{")
    while !take("}") {
      let key = try string()
      try expect(":")
      switch key {
      case "descr": elementType = try Self.elementType(of: string())
      case "fortran_order": isColumnMajor = try boolean()
      case "shape": shape = try sizes()
      default: throw NpyFault("the header has a key '\(key)' that the .npy format does not know")
      }
      if !take(",") {
        try expect("}")
        break
      }
    }
    guard let elementType, let shape, let isColumnMajor else {
      throw NpyFault("the header lacks one of descr, fortran_order and shape")
    }
    if isColumnMajor && shape.count > 1 {
      throw NpyFault(
        "the array is in Fortran order (column major); save numpy.ascontiguousarray(array) instead")
    }
    return NpyHeader(elementType: elementType, shape: shape)
  }

  private static func elementType(of description: String) throws(NpyFault) -> ElementType {
    // One byte has no order, so NumPy's "|" and the others mean the same there.
    let known = ElementType.inNumPy.first {
      $0.npyDescription == description
        || $0.byteCount == 1 && $0.npyDescription.dropFirst() == description.dropFirst()
    }
    guard let known else {
      let names = ElementType.inNumPy.map(\.npyDescription).joined(separator: ", ")
      throw NpyFault(
        "elements of type '\(description)' are not supported, only \(names); "
          + "convert with numpy's astype")
    }
    return known
  }

  private mutating func boolean() throws(NpyFault) -> Bool {
    if take("True") { return true }
    try expect("False")
    return false
  }

  private mutating func string() throws(NpyFault) -> String {
    guard let quote = next, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw malformed
    }
    rest.removeFirst()
    guard let end = rest.firstIndex(of: quote) else { throw malformed }
    defer { rest = rest[(end + 1)...] }
    return String(decoding: rest[..<end], as: UTF8.self)
  }

  private mutating func sizes() throws(NpyFault) -> [Int] {
    var sizes: [Int] = []
    try expect("(")
    while !take(")") {
      _ = next
      let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      guard let size = Int(String(decoding: digits, as: UTF8.self)) else { throw malformed }
      rest = rest[digits.endIndex...]
      sizes.append(size)
      if !take(",") {
        try expect(")")
        break
      }
    }
    return sizes
  }

  /// The next byte that is not white space, not yet taken.
  private var next: UInt8? {
    mutating get {
      rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
      return rest.first
    }
  }

  private mutating func take(_ token: String) -> Bool {
    guard next != nil, rest.starts(with: token.utf8) else { return false }
    rest = rest.dropFirst(token.utf8.count)
    return true
  }

  private mutating func expect(_ token: String) throws(NpyFault) {
    guard take(token) else { throw malformed }
  }

  private var malformed: NpyFault {
    let place = String(decoding: rest.prefix(16), as: UTF8.self)
    return NpyFault("the header is not the dictionary of a .npy file, at '\(place)'")
  }
}
