extension BenchReport {
  /// Whether any configuration has what the table of ``statisticsCells(_:)`` shows; reports of older
  /// versions do not.
  var hasStatistics: Bool {
    configurations.contains { $0.accuracy?.paired != nil || $0.accuracy?.logits != nil }
  }

  /// The cells of one configuration: fixed and broken images, McNemar's p, the interval of the
  /// difference, the smallest drop that would show, SQNR and divergence of the logits.
  func statisticsCells(_ accuracy: Accuracy?) -> [String] {
    let paired = accuracy?.paired
    let logits = accuracy?.logits
    let texts = [
      paired.map { String($0.outcomes.fixed) }, paired.map { String($0.outcomes.broken) },
      paired.map { chance($0.mcnemarP) }, paired.map { points($0.differenceInterval, 2) },
      paired?.detectableDrop.map { points($0, 2) }, logits.flatMap(signalToNoise),
      logits?.meanDivergence.map { $0 == 0 ? "0" : scientific($0) },
    ]
    return texts.map { $0 ?? "-" }
  }

  private func signalToNoise(_ logits: LogitError) -> String? {
    logits.maxAbsoluteError == 0 ? "equal" : logits.sqnr.map { fixed($0, 1) }
  }

  /// What a reader of the table has to know.
  var notesOnStatistics: [String] {
    var notes = [
      "fixed: wrong in fp32, right in int8; broken: the reverse; p: McNemar's exact test.",
      "95 % of difference: of int8 less fp32, in percentage points, by the paired bootstrap.",
      "drop that would show: the smallest, in points, that as many images find at 0.05 with power 0.8.",
    ]
    if let limit = configurations.compactMap(\.accuracy?.paired?.discordanceLimit).first {
      notes.append(
        "Where nothing is fixed or broken, at most \(points(limit, 2)) % of all images would be "
          + "(95 % confidence).")
    }
    if let images = parameters.images, let selection = parameters.imageSelection {
      notes.append("Images of \(images): \(selection).")
    }
    return notes
  }
}
