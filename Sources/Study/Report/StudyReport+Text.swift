import Bench
import Quant

extension StudyReport {
  /// The report for a terminal.
  ///
  /// - Parameter top: How many single nodes to list, the worst first.
  public func text(top: Int = 20) -> String {
    sections(top: top).map { "\($0.title)\n\($0.table.plain)" }.reduce(heading) { $0 + "\n" + $1 }
      + "\n" + notes.joined(separator: "\n") + "\n"
  }

  /// The report as Markdown, every node in it.
  public func markdown() -> String {
    let body = sections(top: subjects.count).map { "## \($0.title)\n\n\($0.table.markdown)" }
    return "# The effect of quantization on \(model.name)\n\n\(heading)\n"
      + body.joined(separator: "\n") + "\n" + notes.map { "- \($0)\n" }.joined()
  }

  private var heading: String {
    let opset = model.opset.map { "opset \($0), " } ?? ""
    let top1 = accuracy.map { ", fp32 top-1 \(fixed($0, 3))" } ?? ""
    return """
      \(model.name): \(opset)\(model.nodes) nodes; \(record.imageCount) images\(top1)
      \(machine.processor), \(machine.instructionSet), \(machine.threadsInWords)

      """
  }

  private func sections(top: Int) -> [(title: String, table: Table)] {
    var sections = [("Everything at once", overview)]
    let nodes = ranked(.node)
    if !nodes.isEmpty {
      let title =
        nodes.count > top
        ? "Single nodes, the \(top) worst of \(nodes.count)" : "Single nodes, the worst first"
      sections.append((title, plainSubjects(Array(nodes.prefix(top)))))
    }
    for (kind, title) in [(Subject.Kind.role, "Roles"), (.layer, "Layers"), (.group, "Groups")] {
      let subjects = ranked(kind)
      if !subjects.isEmpty { sections.append((title, plainSubjects(subjects))) }
    }
    if !local.isEmpty {
      sections.append(("Each node's own error, the worst first", localTable(top)))
    }
    if ranges.contains(where: { $0.batch != nil }) {
      sections.append(("What an image's neighbours in a batch do to it", batchTable))
    }
    if let factorial { sections.append(("Groups together", effectTable(factorial))) }
    return sections
  }

  private var overview: Table {
    let rows =
      [
        ("all of the reference", all),
        ("one scale to a tensor", variants[granularity.perTensor]),
        ("one scale to a column", variants[granularity.perChannel]),
      ] + ranges.map { ("range of \($0.range.article)", variants[$0.variant]) }
    return Table(
      blocks: [
        [.init(header: "quantized", alignment: .left), .init(header: "nodes")],
        Self.figureColumns, Self.accuracyColumns, [.init(header: "saved MB")],
      ],
      rows: rows.map { name, variant in
        [
          [name, "\(variant.nodes.count)"], Self.figureCells(variant),
          Self.accuracyCells(variant.accuracy), [megabytes(variant.savedBytes)],
        ]
      })
  }

  private var batchTable: Table {
    Table(
      blocks: [
        [
          .init(header: "range of", alignment: .left), .init(header: "batch"),
          .init(header: "SQNR dB"), .init(header: "max error"), .init(header: "changed"),
          .init(header: "of"),
        ]
      ],
      rows: ranges.compactMap { report in
        report.batch.map { batch in
          [
            [
              report.range.article, "\(batch.batchSize)",
              batch.logits.maxAbsoluteError == 0
                ? "same bits" : Self.text(batch.logits.sqnr, digits: 1),
              Self.text(batch.logits.maxAbsoluteError, digits: 4), "\(batch.logits.changed)",
              "\(batch.logits.images)",
            ]
          ]
        }
      })
  }

  private func plainSubjects(_ subjects: [SubjectReport]) -> Table {
    let isNodes = subjects.first?.subject.kind == .node
    return Table(
      blocks: [
        [
          .init(header: isNodes ? "node" : "what", alignment: .left),
          isNodes ? .init(header: "role, layer", alignment: .left) : .init(header: "nodes"),
        ],
        Self.figureColumns,
        [.init(header: "fixed"), .init(header: "broken"), .init(header: "us")],
        [.init(header: "left out: dB"), .init(header: "us")],
        [.init(header: "saved KB")],
      ],
      rows: subjects.map { report in
        let (own, out) = (oneIn(report), oneOut(report))
        return [
          [
            report.subject.name,
            isNodes ? report.subject.placeText : "\(report.subject.nodes.count)",
          ],
          Self.figureCells(own),
          [
            Self.text(own.accuracy?.outcomes.fixed), Self.text(own.accuracy?.outcomes.broken),
            Self.text(own.timing?.difference, digits: 1, signed: true),
          ],
          [
            Self.text(gain(report), digits: 2, signed: true),
            Self.text(out?.timing?.difference, digits: 1, signed: true),
          ],
          [Self.text(Double(own.savedBytes) / 1000, digits: 1)],
        ]
      })
  }

  private func localTable(_ top: Int) -> Table {
    let rows = local.sorted { ($0.both.sqnr, $0.node) < ($1.both.sqnr, $1.node) }
    return Table(
      blocks: [
        [.init(header: "node", alignment: .left)],
        [.init(header: "own dB"), .init(header: "weights dB"), .init(header: "activations dB")],
        [.init(header: "inherited dB"), .init(header: "created dB")],
        [.init(header: "outlier channels"), .init(header: "saturated pairs")],
      ],
      rows: rows.prefix(top).map { report in
        [
          [report.node],
          [report.both, report.weights, report.activations].map(Self.decibels),
          [report.inherited, report.created].map(Self.decibels),
          [
            "\(report.inputs.reduce(0) { $0 + $1.outlierCount })",
            Self.text(report.saturation?.saturated),
          ],
        ]
      })
  }

  private func effectTable(_ factorial: FactorialReport) -> Table {
    let counts = Dictionary(
      factorial.factors.map { ($0.group, $0.count) }, uniquingKeysWith: { first, _ in first })
    return Table(
      blocks: [
        [.init(header: "quantizing", alignment: .left), .init(header: "nodes")],
        [.init(header: "SQNR dB"), .init(header: "KL"), .init(header: "accuracy")],
      ],
      rows: factorial.effects.map { effect in
        [
          [
            effect.groups.map(\.rawValue).joined(separator: " x "),
            effect.groups.map { "\(counts[$0] ?? 0)" }.joined(separator: " x "),
          ],
          [
            Self.text(effect.sqnr, digits: 2, signed: true),
            Self.text(effect.divergence, digits: 5, signed: true),
            Self.text(effect.accuracy, digits: 4, signed: true),
          ],
        ]
      })
  }

  /// What a reader of the tables has to know.
  private var notes: [String] {
    var notes = [
      "dB and KL (nats) compare logits with the fp32 model's: more dB and less KL are better.",
      "us is what the steps that differ take more, measured by turns: of the node alone quantized "
        + "against fp32, and of leaving it in fp32 against all of the reference quantized.",
    ]
    if subjects.contains(where: { $0.oneOut == nil }) {
      notes.append(
        "What has no figures for being left out is not in the reference: it leaves products of two "
          + "activations in fp32 unless the preset says otherwise.")
    }
    if record.range != .tensor && !local.isEmpty {
      notes.append("Each node's own error is measured with one range to a tensor.")
    }
    let empty = factorial?.factors.filter { $0.count == 0 }.map(\.group.rawValue) ?? []
    if !empty.isEmpty {
      notes.append(
        "No node of the reference belongs to \(empty.joined(separator: ", ")): these do nothing.")
    }
    if let comparison = all.accuracy {
      let drop = comparison.detectableDrop.map { fixed(100 * $0, 2) + " points" } ?? "any drop"
      notes.append(
        "\(record.imageCount) images could have shown a drop of \(drop) or more "
          + "(McNemar's test at 0.05 with a power of 0.8).")
    }
    return notes
  }

  private static let figureColumns: [Table.Column] = [
    .init(header: "SQNR dB"), .init(header: "KL"), .init(header: "max error"),
    .init(header: "changed"),
  ]

  private static func figureCells(_ variant: VariantReport) -> [String] {
    [
      text(variant.logits.sqnr, digits: 1),
      text(variant.logits.meanDivergence, digits: 6),
      text(variant.logits.maxAbsoluteError, digits: 4), "\(variant.logits.changed)",
    ]
  }

  private static let accuracyColumns: [Table.Column] = [
    .init(header: "top-1"), .init(header: "fixed"), .init(header: "broken"), .init(header: "p"),
    .init(header: "95 % of the difference, points"),
  ]

  private static func accuracyCells(_ comparison: PairedComparison?) -> [String] {
    guard let comparison else { return ["-", "-", "-", "-", "-"] }
    return [
      fixed(comparison.outcomes.optimizedAccuracy, 3), "\(comparison.outcomes.fixed)",
      "\(comparison.outcomes.broken)", fixed(comparison.mcnemarP, 3),
      comparison.intervalText,
    ]
  }

  private static func decibels(_ metrics: ErrorMetrics?) -> String {
    text(metrics?.sqnr, digits: 1)
  }

  private static func text(_ value: Double?, digits: Int, signed: Bool = false) -> String {
    guard let value else { return "-" }
    let text = fixed(value, digits)
    // What rounds to zero has no sign.
    guard text.contains(where: { ("1"..."9").contains($0) }) else { return fixed(0, digits) }
    return (signed && value > 0 ? "+" : "") + text
  }

  private static func text(_ value: Int?) -> String { value.map(String.init) ?? "-" }
}

extension ActivationRange {
  fileprivate var article: String {
    switch self {
    case .tensor: "a tensor"
    case .image: "an image"
    case .token: "a token"
    }
  }
}
