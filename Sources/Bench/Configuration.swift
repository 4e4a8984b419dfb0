import Quant

/// One way of quantizing a model: an entry of the grid, under the names that the published
/// ViT-Base card has for them.
public struct Configuration: Sendable, Equatable, Hashable {
  /// Operators that are quantized.
  public var operatorsToQuantize: [QuantizedOperator]
  /// Groups of nodes that are left alone.
  public var nodeExclusion: [NodeGroup]
  /// Whether each output channel of a weight has a scale of its own.
  public var perChannel: Bool

  /// A configuration that quantizes `operatorsToQuantize` except in the groups of `nodeExclusion`.
  public init(
    operatorsToQuantize: [QuantizedOperator], nodeExclusion: [NodeGroup] = [], perChannel: Bool
  ) {
    self.operatorsToQuantize = operatorsToQuantize
    self.nodeExclusion = nodeExclusion
    self.perChannel = perChannel
  }
}

/// What is measured: each configuration at each batch size and input length.
public struct Grid: Sendable, Equatable {
  /// The ways of quantizing.
  public var configurations: [Configuration]
  /// Images in a batch.
  public var batchSizes: [Int]
  /// Lengths, which the published card's tables have. Images have none: each is one more
  /// measurement of the same.
  public var inputLengths: [Int]
  /// Time that each side of each cell runs for.
  public var duration: Duration
  /// Runs of each side of each cell before the first that counts.
  public var warmups: Int

  /// A grid of `configurations` by `batchSizes` by `inputLengths`.
  public init(
    configurations: [Configuration], batchSizes: [Int], inputLengths: [Int], duration: Duration,
    warmups: Int
  ) {
    self.configurations = configurations
    self.batchSizes = batchSizes
    self.inputLengths = inputLengths
    self.duration = duration
    self.warmups = warmups
  }

  /// The card's eight configurations at batches of 1, 4 and 8, short enough for a small model's
  /// whole grid to take minutes.
  public static let embedded = Grid(
    configurations: cardConfigurations, batchSizes: [1, 4, 8], inputLengths: [32],
    duration: .seconds(1.5), warmups: 10)

  /// The card's own grid: 15 seconds a side, 10 warm-ups.
  public static let vitBaseBeans = Grid(
    configurations: cardConfigurations, batchSizes: [1, 4, 8], inputLengths: [32, 64, 128],
    duration: .seconds(15), warmups: 10)

  /// The eight configurations of the card's tables, in the order of their rows.
  public static let cardConfigurations: [Configuration] =
    [[.add, .matMul], [.add]].flatMap { operators in
      [NodeGroup.allCases, []].flatMap { exclusion in
        [false, true].map { perChannel in
          Configuration(
            operatorsToQuantize: operators, nodeExclusion: exclusion, perChannel: perChannel)
        }
      }
    }
}
