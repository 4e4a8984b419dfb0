import Bench
import ViTEngine

/// How images are evaluated.
public struct EvalOptions: Sendable {
  /// How models are compiled and run.
  public var session = SessionOptions()
  /// Images in a batch; nil for one, or as many as the model was exported for.
  ///
  /// A dynamically quantized model takes the range of an activation over the whole batch, so that what
  /// it makes of an image depends on the others in its batch.
  public var batchSize: Int?
  /// Threads that decode images and make pixels of them while models run.
  public var loaders = 2
  /// Whether images that can't be used are counted and passed over; else the first ends the run.
  public var skipsBad = false
  /// The part of the images that is run.
  public var shard = Shard.whole
  /// How the images were drawn; nil where all are there. Only for the record.
  public var sample: ImageSample?

  /// The defaults.
  public init() {}
}

/// How images were drawn out of more.
public struct ImageSample: Codable, Sendable, Equatable {
  /// How many at most.
  public var limit: Int
  /// Seed of the draw.
  public var seed: UInt64

  /// `limit` images drawn with `seed`.
  public init(limit: Int, seed: UInt64) {
    self.limit = limit
    self.seed = seed
  }
}
