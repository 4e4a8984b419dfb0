import Bench
import Testing

struct ShardTests {
  @Test(arguments: [0, 1, 2, 7, 100], [1, 2, 3, 7, 30])
  func partsCoverEverythingOnce(total: Int, count: Int) throws {
    let shards = try (1...count).map { try #require(Shard(index: $0, count: count)) }
    let ranges = shards.map { $0.range(of: total) }
    #expect(ranges.flatMap { Array($0) } == Array(0..<total))
    let sizes = ranges.map(\.count)
    #expect(try #require(sizes.max()) - (try #require(sizes.min())) <= 1)
    #expect((0..<total).allSatisfy { position in shards.count { $0.owns(position) } == 1 })
  }

  @Test func readsWhatItWrites() {
    #expect(Shard("2/3").map { [$0.index, $0.count] } == [2, 3])
    #expect(Shard("2/3")?.description == "2/3")
    for text in ["0/3", "4/3", "1", "1/", "/2", "a/b", "1/2/3", "-1/2", "1/0"] {
      #expect(Shard(text) == nil)
    }
  }
}
