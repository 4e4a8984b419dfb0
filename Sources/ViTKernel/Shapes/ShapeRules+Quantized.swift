/// Attributes of MatMulNBits: a weight [outputs, inputs] in blocks along its inputs.
public struct BlockWeightParameters: Sendable, Hashable {
  /// K.
  public var inputs: Int
  /// N.
  public var outputs: Int
  /// Bits of an element: 2, 4 or 8.
  public var bits: Int
  /// Elements that share a scale.
  public var blockSize: Int

  /// A weight of this form.
  ///
  /// - Throws: ``KernelError/invalid(_:)`` where a figure is out of range;
  ///   ``KernelError/unsupported(_:)`` for other widths.
  public init(inputs: Int, outputs: Int, bits: Int, blockSize: Int) throws(KernelError) {
    guard [2, 4, 8].contains(bits) else { throw .unsupported("weights of \(bits) bits") }
    guard (1...ShapeRules.maximumElementCount).contains(inputs), outputs > 0, blockSize >= 16,
      blockSize <= 1 << 20,
      blockSize & (blockSize - 1) == 0
    else {
      throw .invalid("K is \(inputs), N is \(outputs), block_size is \(blockSize)")
    }
    self.inputs = inputs
    self.outputs = outputs
    self.bits = bits
    self.blockSize = blockSize
    _ = try ShapeRules.checked([outputs, blocks, blockSize])
  }

  /// Blocks of a row.
  public var blocks: Int { (inputs + blockSize - 1) / blockSize }
  /// Bytes of a block.
  public var blockBytes: Int { blockSize * bits / 8 }
  /// Bytes of the zero points of a row.
  public var zeroPointBytes: Int { (blocks * bits + 7) / 8 }
}

extension ShapeRules {
  /// MatMulNBits: [..., N] from [..., K].
  public static func matMulNBits(
    _ a: [Int], _ weight: BlockWeightParameters
  ) throws(KernelError) -> [Int] {
    guard a.last == weight.inputs else {
      throw .invalid("MatMulNBits of \(a) by a weight of \(weight.inputs) rows")
    }
    return try checked(a.dropLast() + [weight.outputs])
  }

  /// QLinearConv: as ``conv(_:weight:bias:_:)``, or with the channels of image and result last.
  public static func quantizedConv(
    _ x: [Int], weight: [Int], bias: [Int]?, _ parameters: ConvParameters, channelsLast: Bool
  ) throws(KernelError) -> [Int] {
    guard channelsLast else { return try conv(x, weight: weight, bias: bias, parameters) }
    guard x.count > 2 else { throw .invalid("QLinearConv of \(x): no spatial axis") }
    let image = [x[0], x[x.count - 1]] + x[1..<(x.count - 1)]
    let y = try conv(image, weight: weight, bias: bias, parameters)
    return [y[0]] + y[2...] + [y[1]]
  }

  /// QLinearAveragePool and its kin: as ``pool(_:_:)``, or with the channels as the last axis.
  public static func quantizedPool(
    _ x: [Int], _ parameters: PoolParameters, channelsLast: Bool
  ) throws(KernelError) -> [Int] {
    guard x.count > 2 else { throw .invalid("pooling of \(x): no spatial axis") }
    guard channelsLast else { return try pool(x, parameters) }
    let y = try pool([x[0], x[x.count - 1]] + x[1..<(x.count - 1)], parameters)
    return [y[0]] + y[2...] + [y[1]]
  }

  /// QAttention: [batch, rows, hidden] from [batch, rows, width] and a weight [width, 3 * hidden].
  public static func quantizedAttention(
    _ x: [Int], weight: [Int], bias: [Int], heads: Int
  ) throws(KernelError) -> [Int] {
    guard x.count == 3, weight.count == 2, weight[0] == x[2], bias == [weight[1]],
      weight[1].isMultiple(of: 3), heads > 0, (weight[1] / 3).isMultiple(of: heads), weight[1] > 0
    else {
      throw .invalid("QAttention of \(x) by \(weight) and \(bias) with \(heads) heads")
    }
    return try checked([x[0], x[1], weight[1] / 3])
  }
}
