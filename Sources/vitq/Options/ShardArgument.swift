import ArgumentParser
import Bench

extension Shard: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
