import TestSupport
import Testing
import ViTEngine

@Suite struct MemoryPlanTests {
  @Test func valuesThatLiveTogetherNeverShareBytes() {
    var random = SeededGenerator(seed: 7)
    for _ in 0..<50 {
      let requests = (0..<40).map { _ in
        let start = Int.random(in: 0..<60, using: &random)
        return MemoryPlan.Request(
          bytes: Int.random(in: 0..<5_000, using: &random),
          steps: start...(start + Int.random(in: 0..<10, using: &random)))
      }
      let plan = MemoryPlan(requests)
      for i in requests.indices {
        #expect(plan.offsets[i] % 64 == 0)
        #expect(plan.offsets[i] + requests[i].bytes <= plan.arenaBytes)
        for j in requests.indices.dropFirst(i + 1)
        where requests[i].steps.overlaps(requests[j].steps) {
          let (a, b) = (plan.offsets[i], plan.offsets[j])
          #expect(a + requests[i].bytes <= b || b + requests[j].bytes <= a)
        }
      }
    }
  }

  @Test func aChainNeedsTwoBlocks() {
    // Each value is read by the next step only, so that two places alternate.
    let plan = MemoryPlan((0..<10).map { .init(bytes: 1_024, steps: $0...($0 + 1)) })
    #expect(Set(plan.offsets).count == 2)
    #expect(plan.arenaBytes == 2 * (1_024 + 64))
  }

  @Test func nothingToPlaceNeedsNothing() {
    #expect(MemoryPlan([]).arenaBytes == 0)
  }
}
