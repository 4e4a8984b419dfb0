import CMD
import Foundation
import Imaging

/// The SHA-256 of a file or of a folder of images: tells whether two measurements were made of the
/// same thing.
public struct ContentDigest: Codable, Sendable, Hashable {
  /// 64 lower-case hexadecimal digits.
  public let hex: String

  /// The digest of the file at `path`, as `sha256sum` prints it. The file is read in pieces.
  ///
  /// - Throws: ``BenchError/unreadable(file:why:)``, also where it is no regular file.
  public init(file path: String) throws(BenchError) {
    // A pipe would wait for its writer.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(file: path, why: systemMessage()) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .unreadable(file: path, why: systemMessage())
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .unreadable(file: path, why: "not a regular file")
    }
    var hash = SHA256()
    var piece = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = read(descriptor, &piece, piece.count)
      if count == 0 { break }
      if count > 0 {
        hash.update(piece, count: count)
      } else if errno != EINTR {
        throw .unreadable(file: path, why: systemMessage())
      }
    }
    hex = hash.finish()
  }

  /// The digest of `bytes`.
  public init(_ bytes: [UInt8]) {
    var hash = SHA256()
    hash.update(bytes, count: bytes.count)
    hex = hash.finish()
  }

  /// The digest of the names, contents and labels of `images`, see ``init(lines:)``.
  ///
  ///     find . -mindepth 2 -iname '[!.]*.png' -printf '%P\0' | LC_ALL=C sort -z |
  ///       xargs -0 sha256sum | sha256sum
  ///
  /// is that of a folder of labels with PNG files.
  ///
  /// - Throws: ``BenchError/unreadable(file:why:)``, ``ImageError``.
  public init(_ images: ImageSet) throws {
    self.init(
      lines: try images.entries.indices.map { index in
        let digest =
          switch images.entries[index].content {
          case .file(let path): try ContentDigest(file: path)
          case .element: ContentDigest(try images.content(index))
          }
        return (images.digestName(index), digest.hex)
      })
  }

  /// The SHA-256 of what `sha256sum` prints for images: their own digests and names, sorted by the bytes
  /// of the names.
  package init(lines: [(name: String, hex: String)]) {
    var hash = SHA256()
    for (name, hex) in lines.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
      let line = Array(Self.line(hex, name[...]).utf8)
      hash.update(line, count: line.count)
    }
    hex = hash.finish()
  }

  /// A line of `sha256sum`, which marks and escapes names that would break it.
  private static func line(_ hex: String, _ name: Substring) -> String {
    let escaped = name.unicodeScalars.reduce(into: "") { text, scalar in
      switch scalar {
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return (escaped == name ? "" : "\\") + "\(hex)  \(escaped)\n"
  }

  /// Reads what ``encode(to:)`` writes: the digits.
  public init(from decoder: any Decoder) throws {
    hex = try decoder.singleValueContainer().decode(String.self)
  }

  /// Writes the digits as a string.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(hex)
  }
}

extension ImageSet {
  /// The name of the image at `index` in digests: with its label where the name does not say it.
  package func digestName(_ index: Int) -> String {
    let entry = entries[index]
    if isNamedByLabel || !isLabelled { return entry.name }
    return entry.name + " = " + (entry.label.map(String.init) ?? "?")
  }
}

extension ContentDigest: CustomStringConvertible {
  /// The digits.
  public var description: String { hex }
}

/// libmd's SHA-256.
private struct SHA256 {
  private var context = SHA2_CTX()

  init() { SHA256Init(&context) }

  /// Adds the first `count` of `bytes`.
  mutating func update(_ bytes: [UInt8], count: Int) { SHA256Update(&context, bytes, count) }

  /// The digest; nothing can be added after it.
  mutating func finish() -> String {
    var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
    SHA256Final(&digest, &context)
    return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

/// The system's own words for what has just failed.
private func systemMessage() -> String { String(cString: strerror(errno)) }
