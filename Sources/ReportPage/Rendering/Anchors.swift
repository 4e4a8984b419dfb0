/// The ids of a page: each is given out once.
struct Anchors {
  private var byKey: [String: String] = [:]
  private var taken: Set<String> = []
  private var placed: Set<String> = []

  /// The id of the first place that has `key`, whether that place was written yet or not.
  mutating func id(of key: String) -> String {
    if let id = byKey[key] { return id }
    let id = fresh(key)
    byKey[key] = id
    return id
  }

  /// The id for a place that has `key` and is written now.
  mutating func place(_ key: String) -> String {
    let id = id(of: key)
    return placed.insert(id).inserted ? id : fresh(key)
  }

  /// An id that no other place has or will have.
  mutating func fresh(_ key: String) -> String {
    let stem = Self.slug(key)
    var id = stem
    var number = 2
    while !taken.insert(id).inserted {
      id = "\(stem)-\(number)"
      number += 1
    }
    return id
  }

  /// `key` in characters that need no escape in HTML, CSS or an address.
  private static func slug(_ key: String) -> String {
    var slug = ""
    for byte in key.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."):
        slug.unicodeScalars.append(Unicode.Scalar(byte))
      default: if slug.last != "-" { slug += "-" }
      }
    }
    while slug.first == "-" { slug.removeFirst() }
    while slug.last == "-" { slug.removeLast() }
    // A digit can't come first in a CSS selector.
    return slug.first.map { $0.isLetter ? slug : "n-" + slug } ?? "part"
  }
}

extension Page {
  /// Keys of all places that links can lead to.
  var keys: Set<String> {
    Set(sections.flatMap { [$0.key] + $0.blocks.flatMap(\.keys) })
  }
}

extension Block {
  fileprivate var keys: [String] {
    guard case .details(let details) = self else { return [] }
    return [details.key] + details.blocks.flatMap(\.keys)
  }
}
