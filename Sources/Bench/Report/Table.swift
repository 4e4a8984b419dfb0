import OnnxParse

/// Rows of text under headers, in blocks of columns.
package struct Table {
  /// How a column's cells stand.
  package enum Alignment { case left, right }

  package struct Column {
    package let header: String
    package var alignment: Alignment

    package init(header: String, alignment: Alignment = .right) {
      self.header = header
      self.alignment = alignment
    }
  }

  /// Columns that belong together.
  package let blocks: [[Column]]
  /// Cells of each row, by block.
  package let rows: [[[String]]]

  package init(blocks: [[Column]], rows: [[[String]]]) {
    self.blocks = blocks
    self.rows = rows
  }

  /// The form of the published ViT-Base card: centred columns, blocks parted by a column of bars.
  package var markdown: String {
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
  package var plain: String {
    let columns = Array(blocks.joined())
    let body = rows.map { $0.joined().map(\.escapingControlCharacters) }
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
