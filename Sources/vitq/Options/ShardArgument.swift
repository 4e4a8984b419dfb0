import ArgumentParser
import Bench

extension Shard: ExpressibleByArgument {
  /// The shard that `argument` names, such as 2/8; nil where it names none.
  public init?(argument: String) { self.init(argument) }
}
