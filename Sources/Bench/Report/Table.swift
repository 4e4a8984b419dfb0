/// Rows of text under headers, in blocks of columns.
struct Table {
  /// How a column's cells stand.
  enum Alignment { case left, right }

  struct Column {
    let header: String
    var alignment = Alignment.right
  }

  /// Columns that belong together.
  let blocks: [[Column]]
  /// Cells of each row, by block.
  let rows: [[[String]]]

  /// The form of the published ViT-Base card: centred columns, blocks parted by a column of bars.
  var markdown: String {
    let columns = Array(blocks.map { $0.map(\.header) }.joined(separator: [" "]))
    let body = rows.map { Array($0.joined(separator: ["\\|"])) }
    let widths = columns.indices.map { index in
      max(3, columns[index].count, body.map { $0[index].count }.max() ?? 0)
    }
    let rule = widths.map { ":" + String(repeating: "-", count: $0 - 2) + ":" }
    return ([columns, rule] + body).map { cells in
      "| " + zip(cells, widths).map { pad($0, to: $1, .left) }.joined(separator: " | ") + " |\n"
    }.joined()
  }

  /// Columns parted by two blanks, under a rule.
  var plain: String {
    let columns = Array(blocks.joined())
    let body = rows.map { Array($0.joined()) }
    let widths = columns.indices.map { index in
      max(columns[index].header.count, body.map { $0[index].count }.max() ?? 0)
    }
    let rule = widths.map { String(repeating: "-", count: $0) }
    return ([columns.map(\.header), rule] + body).map { cells in
      var line = columns.indices
        .map { pad(cells[$0], to: widths[$0], columns[$0].alignment) }.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }

  private func pad(_ text: String, to width: Int, _ alignment: Alignment) -> String {
    let blanks = String(repeating: " ", count: max(0, width - text.count))
    return alignment == .left ? text + blanks : blanks + text
  }
}
