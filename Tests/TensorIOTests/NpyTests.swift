import TensorIO
import Testing
import ViTKernel

struct NpyTests {
  /// The bytes that `numpy.save` writes for `array([[1.5, -2, 3]], '<f4')`.
  static let saved: [UInt8] =
    file(header: "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }", length: 118)
    + [0, 0, 0xC0, 0x3F, 0, 0, 0, 0xC0, 0, 0, 0x40, 0x40]

  @Test func readsWhatNumPyWrote() throws {
    let tensor = try Npy.decode(Self.saved, file: "a.npy")
    #expect(tensor.shape == [1, 3])
    #expect(tensor.elements(of: Float.self) == [1.5, -2, 3])
  }

  @Test func writesWhatNumPyReads() {
    let bytes = Npy.encode(Tensor([1.5, -2, 3] as [Float], shape: [1, 3]))
    #expect(bytes.count == 140)
    #expect(bytes.prefix(10).elementsEqual(Self.saved.prefix(10)))
    #expect(bytes.suffix(13).elementsEqual(Self.saved.suffix(13)))
  }

  @Test(arguments: [
    Tensor([1, .nan, -.infinity] as [Float], shape: [3]), Tensor(scalar: 3.25 as Double),
    Tensor([-128, 127] as [Int8], shape: [2, 1]), Tensor([0, 255] as [UInt8], shape: [1, 2]),
    Tensor([.min, .max] as [Int32], shape: [2]), Tensor([.min, .max] as [Int64], shape: [2]),
    Tensor([true, false, true, true] as [Bool], shape: [2, 2]),
    Tensor([.min, .max] as [Int16], shape: [2]), Tensor([0, .max] as [UInt64], shape: [2]),
    Reference.cast(Tensor([1.5, -0.25] as [Float], shape: [2]), to: .float16),
    Tensor(.float32, shape: [0, 7]),
  ])
  func roundTrip(tensor: Tensor) throws {
    let again = try Npy.decode(Npy.encode(tensor), file: "a.npy")
    #expect(again.elementType == tensor.elementType && again.shape == tensor.shape)
    #expect(again.withUnsafeBytes { Array($0) } == tensor.withUnsafeBytes { Array($0) })
  }

  /// A header of more than 65,535 bytes takes version 2.0, whose length has four bytes.
  @Test func readsALongHeader() throws {
    let shape = [Int](repeating: 1, count: 30_000)
    let bytes = Npy.encode(Tensor([7] as [Int64], shape: shape))
    #expect(bytes[6] == 2)
    #expect(try Npy.decode(bytes, file: "a.npy").shape == shape)
  }

  @Test func anyOtherByteIsTrue() throws {
    let bytes =
      Self.file(header: "{'descr': '|b1', 'fortran_order': False, 'shape': (3,)}") + [0, 2, 255]
    #expect(try Npy.decode(bytes, file: "a.npy").elements(of: Bool.self) == [false, true, true])
  }

  @Test(
    arguments: [
      ([1, 2, 3], "does not begin with NumPy's magic bytes"),
      (Array(saved.prefix(9)), "ends within its header"),
      (Array(saved.prefix(60)), "ends within its header"),
      (Array(saved.dropLast()), "takes 12 bytes, the file holds 11"),
      (saved + [0], "takes 12 bytes, the file holds 13"),
      ([0x93] + Array("NUMPY".utf8) + [9, 0, 0, 0], "version 9"),
      (file(header: "{'descr': '>f4', 'fortran_order': False, 'shape': (1,)}"), "'>f4'"),
      (file(header: "{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}"), "astype"),
      (
        file(header: "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2)}"),
        "Fortran order (column major); save numpy.ascontiguousarray(array)"
      ),
      (file(header: "{'descr': '<f4', 'shape': (1,)}"), "lacks one of"),
      (file(header: "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}"), "[('a'"),
      (
        file(header: "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}"),
        "more bytes than memory has"
      ),
      (file(header: "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}"), "'-1,)}"),
      (file(header: "{'descr': '<f4', 'order': 1}"), "key 'order'"),
      (file(header: ""), "dictionary"),
    ] as [([UInt8], String)])
  func refusesWhatItCannotRead(bytes: [UInt8], message: String) {
    let error = #expect(throws: TensorFileError.self) {
      try Npy.decode(bytes, file: "broken.npy")
    }
    #expect(error?.file == "broken.npy")
    #expect(error?.reason.contains(message) == true, "\(error?.reason ?? "")")
  }

  /// A file of version 1.0 with `header`, padded to `length`.
  static func file(header: String, length: Int = 0) -> [UInt8] {
    let padding = max(0, length - 1 - header.utf8.count)
    let text = header + String(repeating: " ", count: padding) + "\n"
    return [0x93] + Array("NUMPY".utf8)
      + [1, 0, UInt8(text.utf8.count & 0xFF), UInt8(text.utf8.count >> 8)] + Array(text.utf8)
  }
}
