import Quant

/// All combinations of the groups of nodes: each left in fp32 or not.
struct FactorialDesign {
  /// The groups, and how many nodes of the reference each has.
  let groups: [(group: NodeGroup, count: Int)]
  /// The variant of each combination. Bit i of an index: group i is quantized with the rest.
  let runs: [Int]

  init(
    _ groups: [(group: NodeGroup, nodes: [String])], reference: Set<String>,
    adding variants: inout VariantTable
  ) {
    self.groups = groups.map { ($0.group, reference.intersection($0.nodes).count) }
    runs = (0..<1 << groups.count).map { combination in
      let excluded = groups.indices.filter { combination >> $0 & 1 == 0 }
      let left = reference.subtracting(excluded.flatMap { groups[$0].nodes })
      return variants.add(left, base: .fp32)
    }
  }
}

/// Main effects and interactions in a full two-level factorial design.
///
/// The effect of a set of factors is the mean of the responses where an even number of them is at the
/// low level, less the mean of the others: for one factor how much turning it on changes the response,
/// for two half of how much turning on one changes the effect of the other. Box, Hunter and Hunter,
/// Statistics for Experimenters, second edition, section 5.
package enum FactorialEffects {
  /// The effect of the factors of `mask` (bit i: factor i) on `responses`, one for each combination,
  /// bit i of whose index says that factor i is on.
  ///
  /// - Precondition: The number of responses is a power of two, and greater than `mask`.
  package static func effect(of mask: Int, on responses: [Double]) -> Double {
    precondition(responses.count.nonzeroBitCount == 1 && mask < responses.count)
    // Yates's algorithm: a factor that changes nothing gives differences of exactly 0.
    var values = responses
    var factor = 0
    while values.count > 1 {
      let isMeant = mask >> factor & 1 == 1
      values = (0..<values.count / 2).map { pair -> Double in
        let (low, high) = (values[2 * pair], values[2 * pair + 1])
        return isMeant ? high - low : high + low
      }
      factor += 1
    }
    return values[0] / Double(responses.count / 2)
  }
}
