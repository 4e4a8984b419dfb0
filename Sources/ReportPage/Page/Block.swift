/// What a section consists of.
public enum Block: Sendable, Equatable {
  /// A paragraph.
  case text(String)
  /// A remark on how to read what stands around it.
  case note(String)
  /// Something that a reader must know before believing the figures.
  case warning(String)
  /// Names with values: a machine, a model, parameters.
  case facts([FactGroup])
  /// The few figures that matter most, in large print.
  case keyFigures([KeyFigure])
  /// A table that sorts and filters.
  case table(DataTable)
  /// Bars with whiskers.
  case bars(BarChart)
  /// Colours over rows and columns.
  case heatMap(HeatMap)
  /// Points over two axes, with a Pareto front on request.
  case scatter(ScatterChart)
  /// Counts over intervals.
  case histogram(Histogram)
  /// Lines over an axis of numbers.
  case lines(LineChart)
  /// What opens on demand.
  case details(Details)
}

/// Facts about one thing.
public struct FactGroup: Sendable, Equatable {
  /// What the facts are about, such as `Machine`.
  public var title: String
  /// The facts.
  public var facts: [Fact]

  /// Facts about `title`.
  public init(_ title: String, _ facts: [Fact]) {
    self.title = title
    self.facts = facts
  }
}

/// A name with a value.
public struct Fact: Sendable, Equatable {
  /// Such as `threads`.
  public var name: String
  /// Such as `2`.
  public var value: String

  /// The fact that `name` is `value`.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// A figure in large print.
public struct KeyFigure: Sendable, Equatable {
  /// What it is, such as `best speed-up`.
  public var name: String
  /// The figure with its unit, such as `2.6 x`.
  public var value: String
  /// What it refers to; none where empty.
  public var remark: String

  /// The figure `value` for `name`.
  public init(_ name: String, _ value: String, remark: String = "") {
    self.name = name
    self.value = value
    self.remark = remark
  }
}

/// Blocks behind a line that opens them: the drill-down to a node. Links to it, and printing, open it.
public struct Details: Sendable, Equatable {
  /// The line that is always seen.
  public var summary: String
  /// A short remark at the end of that line, such as a time; none where empty.
  public var remark: String
  /// Key of the deep link. See ``Link``.
  public var key: String
  /// Whether it is open from the start.
  public var isOpen: Bool
  /// What it opens.
  public var blocks: [Block]

  /// Blocks behind `summary`, which links reach by `key`.
  public init(
    _ summary: String, remark: String = "", key: String, isOpen: Bool = false, _ blocks: [Block]
  ) {
    self.summary = summary
    self.remark = remark
    self.key = key
    self.isOpen = isOpen
    self.blocks = blocks
  }
}
