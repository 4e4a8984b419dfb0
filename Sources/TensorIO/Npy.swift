import ViTKernel

/// NumPy's `.npy` format for the element types that a tensor can have.
public enum Npy {
  /// The tensor that `bytes` hold.
  ///
  /// - Parameters:
  ///   - bytes: A whole file: row-major and little-endian, of floats, integers or bool.
  ///   - file: The name for messages.
  /// - Throws: ``TensorFileError`` where the bytes are something else.
  public static func decode(_ bytes: [UInt8], file: String) throws(TensorFileError) -> Tensor {
    do {
      return try decode(bytes)
    } catch {
      throw TensorFileError(file: file, reason: error.reason)
    }
  }

  /// The file that holds `tensor`.
  public static func encode(_ tensor: Tensor) -> [UInt8] {
    let isKnown =
      tensor.elementType == .float16 || tensor.elementType.computed == tensor.elementType
    let tensor = isKnown ? tensor : Reference.cast(tensor, to: tensor.elementType.computed)
    let header = NpyHeader(elementType: tensor.elementType, shape: tensor.shape)
    return header.encoded() + tensor.withUnsafeBytes { Array($0) }
  }

  private static func decode(_ bytes: [UInt8]) throws(NpyFault) -> Tensor {
    let (header, start) = try layout(of: bytes)
    let tensor = Tensor(header.elementType, shape: header.shape)
    tensor.overwrite(with: bytes[start...])
    return tensor
  }

  /// What `bytes` hold, and where the elements begin; there are as many as the header says.
  static func layout(of bytes: [UInt8]) throws(NpyFault) -> (header: NpyHeader, start: Int) {
    let (header, start) = try NpyHeader.decode(bytes)
    let available = bytes.count - start
    let expected = header.shape.reduce(Optional(header.elementType.byteCount)) { product, size in
      let (next, overflow) = (product ?? 0).multipliedReportingOverflow(by: size)
      return product == nil || overflow ? nil : next
    }
    guard let expected, expected == available else {
      let needed = expected.map { "\($0) bytes" } ?? "more bytes than memory has"
      throw NpyFault(
        "an array of shape \(header.shape) takes \(needed), the file holds \(available)")
    }
    return (header, start)
  }
}

extension Tensor {
  /// Overwrites all elements with little-endian `bytes`; any byte but 0 is a true bool.
  func overwrite(with bytes: ArraySlice<UInt8>) {
    let isBool = elementType == .bool
    withUnsafeMutableBytes { target in
      if isBool {
        for (index, byte) in bytes.enumerated() { target[index] = byte == 0 ? 0 : 1 }
      } else {
        target.copyBytes(from: bytes)
      }
    }
  }
}
