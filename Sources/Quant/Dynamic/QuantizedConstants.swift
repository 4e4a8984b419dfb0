import OnnxParse
import Synchronization

/// Quantized and transposed constants, remembered by where their values lie.
///
/// Give one to every ``DynamicQuantizer`` that quantizes the same model with other choices: what one
/// pass has quantized costs the next nothing, and the models that come out share its memory. It
/// serves any number of threads at once, and keeps everything until it goes.
///
/// Only values in `raw_data` are remembered, which is where exporters put weights; others are
/// quantized each time.
public final class QuantizedConstants: Sendable {
  private enum Form: Hashable {
    case transposed
    case quantized(WeightQuantization, channelCount: Int)
  }

  private struct Key: Hashable {
    let place: Bytes.Place
    let type: Int32
    let dims: [Int64]
    let form: Form
  }

  private struct Entry<Value: Sendable>: Sendable {
    /// Held so that no other bytes come to lie where these do.
    let source: Bytes
    let value: Value
  }

  private typealias Entries<Value: Sendable> = Mutex<[Key: Entry<Value>]>

  private let stored = Entries<StoredConstant?>([:])
  private let turned = Entries<Bytes>([:])

  /// A memory of nothing.
  public init() {}

  /// `tensor` in 8 bits, with a scale for each of `channelCount` indices of the last axis; nil where
  /// it has values that are not finite.
  ///
  /// - Throws: where the values can't be read.
  func quantized(
    _ tensor: TensorProto, _ storage: WeightQuantization, channelCount: Int
  ) throws(QuantizationError) -> StoredConstant? {
    let form = Form.quantized(storage, channelCount: channelCount)
    return try remembered(tensor, form, in: stored) { values in
      guard values.allSatisfy(\.isFinite) else { return nil }
      return StoredConstant(
        storage.quantize(values, channelCount: channelCount), as: storage.type,
        columns: Int(tensor.dims.last ?? 1))
    }
  }

  /// The float values of the matrix `tensor`, column after column.
  ///
  /// - Precondition: it has two dimensions.
  /// - Throws: where the values can't be read.
  func transposed(_ tensor: TensorProto) throws(QuantizationError) -> Bytes {
    let (rows, columns) = (Int(tensor.dims[0]), Int(tensor.dims[1]))
    return try remembered(tensor, .transposed, in: turned) { values in
      var turned = [Float](repeating: 0, count: values.count)
      for row in 0..<rows {
        for column in 0..<columns { turned[column * rows + row] = values[row * columns + column] }
      }
      return Bytes(copying: turned)
    }
  }

  /// What `make` makes of the values of `tensor`, from memory where it is known. Two threads may
  /// make the same; both get what the first has kept.
  private func remembered<Value: Sendable>(
    _ tensor: TensorProto, _ form: Form, in entries: borrowing Entries<Value>,
    _ make: ([Float]) -> Value
  ) throws(QuantizationError) -> Value {
    guard case .raw(let source) = tensor.payload else { return make(try Self.floats(of: tensor)) }
    let key = Key(
      place: source.place, type: tensor.dataTypeNumber, dims: tensor.dims, form: form)
    if let known = entries.withLock({ $0[key]?.value }) { return known }
    let values = try Self.floats(of: tensor)
    // However large the model is, one of its tensors at a time is in memory, and that once.
    source.releasePages()
    let value = make(values)
    return entries.withLock { entries in
      if let known = entries[key]?.value { return known }
      entries[key] = Entry(source: source, value: value)
      return value
    }
  }

  private static func floats(of tensor: TensorProto) throws(QuantizationError) -> [Float] {
    do {
      return try tensor.floats(releasesPages: true)
    } catch {
      throw .model(error)
    }
  }
}
