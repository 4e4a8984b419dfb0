/// One report: a single HTML file without any reference to the network.
///
/// All texts may come from a model or a user; they are escaped where they are written.
public struct Page: Sendable, Equatable {
  /// The heading, and the title of the window.
  public var title: String
  /// A line below the heading; none where empty.
  public var subtitle: String
  /// What is measured, in order. Each is a card with an entry in the list of contents.
  public var sections: [Section]

  /// A page of `sections` under `title`.
  public init(title: String, subtitle: String = "", sections: [Section] = []) {
    self.title = title
    self.subtitle = subtitle
    self.sections = sections
  }

  /// The whole file: styles, script, tables and charts, ending in a line feed.
  ///
  /// - Throws: The template engine's error for a malformed template, which is a fault of this library
  ///   and never one of the page.
  public func html() throws -> String {
    var renderer = try Renderer()
    return renderer.html(self)
  }
}

/// A part of a page with a heading.
public struct Section: Sendable, Equatable {
  /// The heading.
  public var title: String
  /// Key of the deep link; the title where it is not given. See ``Link``.
  public var key: String
  /// What stands below the heading.
  public var blocks: [Block]

  /// A section of `blocks` that links reach by `key`.
  public init(_ title: String, key: String? = nil, _ blocks: [Block] = []) {
    self.title = title
    self.key = key ?? title
    self.blocks = blocks
  }
}

/// A reference from a place in the page to another.
///
/// A key is any text, such as a node's name. It becomes an id of letters, digits, `-`, `_` and `.`; two
/// places never share one, and a link leads to the first place that has its key. A key that no place has
/// is shown as plain text.
public struct Link: Sendable, Equatable {
  /// ``Section/key`` or ``Details/key`` of the place.
  public var key: String

  /// A reference to the place of `key`.
  public init(_ key: String) { self.key = key }
}
