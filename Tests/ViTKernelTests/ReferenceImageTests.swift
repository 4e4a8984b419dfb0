import Testing
import ViTKernel

/// Operators over images by what holds of them, beside the goldens of ONNX Runtime.
@Suite struct ReferenceImageTests {
  private static func sum(_ a: Tensor, _ b: Tensor) -> Double {
    zip(a.elements(of: Float.self), b.elements(of: Float.self)).reduce(0) {
      $0 + Double($1.0) * Double($1.1)
    }
  }

  static let windows = [
    ConvParameters(), ConvParameters(pads: [1, 0, 2, 1], strides: [2, 3]),
    ConvParameters(dilations: [2, 1], group: 2, strides: [1, 2]),
  ]

  /// A convolution and its transpose: `sum(conv(y) * x) == sum(y * convTranspose(x))`.
  @Test(arguments: windows)
  func aTransposedConvolutionIsTheTranspose(window: ConvParameters) throws {
    let weight = random([6, 4 / window.group, 3, 2], seed: 2)
    let y = random([2, 4, 11, 13])
    let forward = try Reference.conv(y, weight: weight, window)
    let x = random(forward.shape, seed: 3)
    var parameters = ConvTransposeParameters(window)
    // What the last windows do not reach.
    let reached = try Reference.convTranspose(x, weight: weight, parameters).shape
    parameters.outputPadding = [11 - reached[2], 13 - reached[3]]
    let backward = try Reference.convTranspose(x, weight: weight, parameters)
    #expect(backward.shape == y.shape)
    #expect(abs(Self.sum(forward, x) - Self.sum(y, backward)) < 1e-3)
  }

  @Test func blocksThatDoNotOverlapComeBack() throws {
    // Four blocks of 2 x 2 of the image 0...15.
    let columns: [Float] = [0, 2, 8, 10, 1, 3, 9, 11, 4, 6, 12, 14, 5, 7, 13, 15]
    let image = try Reference.col2Im(
      Tensor(columns, shape: [1, 4, 4]), image: [4, 4], block: [2, 2],
      ConvParameters(strides: [2, 2]))
    #expect(image.shape == [1, 1, 4, 4])
    #expect(image.elements(of: Float.self) == (0..<16).map { Float($0) })
  }

  @Test func unpoolingPutsTheLargestBack() throws {
    let x = random([2, 3, 6, 8])
    var window = PoolParameters(kernel: [2, 2])
    window.strides = [2, 2]
    let pooled = try Reference.pool(.max, x, window)
    let back = try Reference.maxUnpool(
      pooled.y, indices: pooled.indices, ConvParameters(kernelShape: [2, 2], strides: [2, 2]))
    #expect(back.shape == x.shape)
    let values = back.elements(of: Float.self)
    #expect(values.filter { $0 != 0 }.count == pooled.y.count)
    for (value, index) in zip(
      pooled.y.elements(of: Float.self), pooled.indices.elements(of: Int64.self))
    {
      #expect(values[Int(index)] == value)
    }
  }

  @Test func anIndexBeyondTheImageIsRefused() {
    for index in [Int64(-1), 16, .max] {
      #expect(
        isInvalid {
          try Reference.maxUnpool(
            countingFloats(1, 1, 1, 1), indices: Tensor([index], shape: [1, 1, 1, 1]),
            ConvParameters(kernelShape: [4, 4]))
        })
    }
  }

  @Test(arguments: [true, false])
  func theGridOfNoMapGivesTheImage(alignCorners: Bool) throws {
    let x = random([2, 3, 4, 5])
    let theta = Tensor([Float](repeating: 0, count: 12), shape: [2, 2, 3])
    theta.withMutableElements(of: Float.self) { elements in
      for place in [0, 4, 6, 10] { elements[place] = 1 }
    }
    let grid = try Reference.affineGrid(theta, size: x.shape, alignCorners: alignCorners)
    for mode in [Interpolation.nearest, .linear, .cubic] {
      let y = try Reference.gridSample(
        x, grid: grid, GridSampleParameters(mode: mode, alignCorners: alignCorners))
      #expect(difference(x, y) < 1e-5, "\(mode)")
    }
  }

  @Test(arguments: [GridPadding.zeros, .border, .reflection])
  func aGridOfWhatIsNoNumberIsNoTrap(padding: GridPadding) throws {
    let places: [Float] = [.nan, .infinity, -.infinity, 3.4e38, -3.4e38, 1e18]
    let grid = Tensor(places + places.reversed(), shape: [1, 6, 1, 2])
    for mode in [Interpolation.nearest, .linear, .cubic] {
      let y = try Reference.gridSample(
        random([1, 1, 3, 3]), grid: grid, GridSampleParameters(mode: mode, padding: padding))
      #expect(y.shape == [1, 1, 6, 1])
    }
  }

  @Test func aDeformedConvolutionWithoutOffsetsIsNone() throws {
    let window = ConvParameters(
      dilations: [1, 2], group: 2, pads: [1, 2, 1, 2], strides: [2, 1])
    let (x, weight) = (random([2, 4, 7, 8]), random([6, 2, 3, 3], seed: 2))
    let bias = random([6], seed: 3)
    let expected = try Reference.conv(x, weight: weight, bias: bias, window)
    let places = Array(expected.shape[2...])
    let y = try Reference.deformConv(
      x, weight: weight, offset: Tensor(.float32, shape: [2, 36] + places), bias: bias,
      DeformConvParameters(window, offsetGroup: 2))
    #expect(difference(y, expected) < 1e-5)
    let count = 2 * 36 * places[0] * places[1]
    let offsets = Tensor([Float](repeating: .nan, count: count), shape: [2, 36] + places)
    let none = try Reference.deformConv(
      x, weight: weight, offset: offsets, bias: bias, DeformConvParameters(window, offsetGroup: 2))
    #expect(none.elements(of: Float.self).allSatisfy { !$0.isNaN })
  }

  @Test func normsAreOne() throws {
    let x = random([3, 4, 5])
    for p in [1, 2] {
      let y = try Reference.lpNormalization(x, axis: 1, p: p)
      let norms = try Reference.reduce(p == 1 ? .l1 : .l2, y, axes: [1]).elements(of: Float.self)
      #expect(norms.allSatisfy { abs($0 - 1) < 1e-6 })
    }
    #expect(isInvalid { try Reference.lpNormalization(x, axis: 1, p: 3) })
    let zeros = Tensor(.float32, shape: [2, 2])
    #expect(try Reference.lpNormalization(zeros, axis: 0, p: 2).elements() == [Float(0), 0, 0, 0])
  }

  @Test func responsesAreThoseOfTheFormula() throws {
    // One place, four channels; x / (bias + alpha / size * sum)^beta over two neighbours: the channel
    // and the next one.
    let x = Tensor([Float(1), 2, 3, 4], shape: [1, 4, 1, 1])
    let y = try Reference.localResponseNormalization(
      x, LocalResponseParameters(alpha: 2, beta: 1, bias: 1, size: 2))
    let expected: [Float] = [1.0 / 6, 2.0 / 14, 3.0 / 26, 4.0 / 17]
    #expect(areClose(y.elements(of: Float.self), expected))
    for size in [0, -1] {
      #expect(
        isInvalid {
          try Reference.localResponseNormalization(x, LocalResponseParameters(size: size))
        })
    }
    let wide = try Reference.localResponseNormalization(x, LocalResponseParameters(size: .max))
    #expect(wide.count == 4)
  }

  @Test func whatIsCroppedAndPaddedIsCentred() throws {
    let x = counting(5)
    #expect(
      try Reference.centerCropPad(x, lengths: [2], axes: nil).elements(of: Int64.self) == [1, 2])
    #expect(
      try Reference.centerCropPad(x, lengths: [8], axes: [0]).elements(of: Int64.self)
        == [0, 0, 1, 2, 3, 4, 0, 0])
    #expect(isInvalid { try Reference.centerCropPad(x, lengths: [-1], axes: nil) })
    #expect(isInvalid { try Reference.centerCropPad(x, lengths: [2, 2], axes: nil) })
  }

  @Test func aRegionThatMakesNoSenseIsRefused() {
    let x = random([1, 1, 4, 4])
    func align(_ corners: [Float], image: Int64 = 0, ratio: Int = 0) throws {
      _ = try Reference.roiAlign(
        x, regions: Tensor(corners, shape: [1, 4]), images: Tensor([image], shape: [1]),
        RoiAlignParameters(samplingRatio: ratio))
    }
    #expect(isInvalid { try align([0, 0, .infinity, 1]) })
    #expect(isInvalid { try align([0, .nan, 1, 1]) })
    #expect(isInvalid { try align([0, 0, 3e38, 3e38]) })
    #expect(isInvalid { try align([0, 0, 1, 1], ratio: .max) })
    #expect(isInvalid { try align([0, 0, 1, 1], ratio: -1) })
    #expect(isInvalid { try align([0, 0, 1, 1], image: 1) })
    #expect(isInvalid { try align([0, 0, 1, 1], image: -1) })
    // Upside down: no samples, and so 0.
    #expect(throws: Never.self) { try align([3, 3, 0, 0]) }
  }
}
