/// Immutable bytes, owned or a slice of a shared region (a mapped file); copying it copies no bytes.
///
/// Weights stay where the file put them: a slice keeps its region alive and nothing is copied until
/// somebody packs or converts the values.
public struct Bytes: Sendable {
  let region: ByteRegion
  let offset: Int
  /// Number of bytes.
  public let count: Int

  /// Bytes that own a copy of `array`.
  public init(_ array: [UInt8] = []) {
    self.init(copying: array)
  }

  /// Bytes that own a copy of `elements`, as they are in memory.
  public init<Element: BitwiseCopyable>(copying elements: [Element]) {
    let region = ByteRegion.copy(of: elements)
    self.init(region: region, offset: 0, count: region.count)
  }

  init(region: ByteRegion, offset: Int, count: Int) {
    precondition(offset >= 0 && count >= 0 && offset <= region.count - count)
    self.region = region
    self.offset = offset
    self.count = count
  }

  /// Where bytes lie in memory.
  public struct Place: Hashable, Sendable {
    private let address: Int
    private let count: Int

    fileprivate init(_ buffer: UnsafeRawBufferPointer) {
      address = Int(bitPattern: buffer.baseAddress)
      count = buffer.count
    }
  }

  /// Where the bytes lie: the same for copies of a slice. Holds only while one of them exists; after
  /// that other bytes may lie there.
  public var place: Place { withUnsafeBytes { Place($0) } }

  /// True where there are no bytes.
  public var isEmpty: Bool { count == 0 }

  /// The bytes `range`, counted from the start of this slice.
  ///
  /// - Precondition: `range` lies within `0..<count`.
  public func slice(_ range: Range<Int>) -> Bytes {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return Bytes(region: region, offset: offset + range.lowerBound, count: range.count)
  }

  /// Calls `body` with the bytes; the pointer is valid only during the call, and need not be aligned
  /// for anything larger than a byte.
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(rebasing: region.buffer[offset..<offset + count]))
  }

  /// Lets the system take back the memory that bytes of a mapped file occupy, until they are read
  /// again. Bytes that are in no file are left alone.
  public func releasePages() { region.releasePages(offset..<offset + count) }

  /// A copy of the bytes.
  public var array: [UInt8] { withUnsafeBytes { [UInt8]($0) } }

  /// A copy of the bytes, taken as elements of a type; bytes over at the end are left out.
  ///
  /// - Parameter releasesPages: Pages of a mapped file are given back as they are copied, so that the
  ///   bytes are not in memory twice.
  func elements<Element: BitwiseCopyable>(
    as type: Element.Type, releasesPages: Bool = false
  ) -> [Element] {
    let whole = count / MemoryLayout<Element>.stride
    return [Element](unsafeUninitializedCapacity: whole) { buffer, initialized in
      let target = UnsafeMutableRawBufferPointer(buffer)
      let length = whole * MemoryLayout<Element>.stride
      for start in stride(from: 0, to: length, by: Self.pieceLength) {
        let piece = slice(start..<min(start + Self.pieceLength, length))
        piece.withUnsafeBytes {
          UnsafeMutableRawBufferPointer(rebasing: target[start...]).copyMemory(from: $0)
        }
        if releasesPages { piece.releasePages() }
      }
      initialized = whole
    }
  }

  /// Bytes that are copied at a time.
  private static let pieceLength = 1 << 24
}

extension Bytes: Equatable {
  /// Compares the bytes, not where they lie.
  public static func == (left: Bytes, right: Bytes) -> Bool {
    left.withUnsafeBytes { a in right.withUnsafeBytes { b in a.elementsEqual(b) } }
  }
}
