import Testing
import ViTKernel

@Suite struct ReferenceMovementTests {
  @Test func transpose() throws {
    let turned = try Reference.transpose(counting(1, 2, 3), permutation: [2, 0, 1])
    #expect(turned.shape == [3, 1, 2])
    #expect(turned.elements() == [Int64(0), 3, 1, 4, 2, 5])
    #expect(try Reference.transpose(counting(2, 0, 3)).shape == [3, 0, 2])
    #expect(isInvalid { try Reference.transpose(counting(2, 3), permutation: [0, 0]) })
    #expect(isInvalid { try Reference.transpose(counting(2, 3), permutation: [0]) })
  }

  @Test func transposingAWeightTakesNoLongerThanASecond() throws {
    let weight = Tensor(.float32, shape: [3072, 768])
    let time = try ContinuousClock().measure { _ = try Reference.transpose(weight) }
    #expect(time < .seconds(1))
  }

  @Test func slice() throws {
    // numpy: np.arange(12).reshape(3, 4)[::-1, 1:4:2]
    let part = try Reference.slice(
      counting(3, 4), starts: [-1, 1], ends: [.min, 4], axes: [0, 1], steps: [-1, 2])
    #expect(part.shape == [3, 2])
    #expect(part.elements() == [Int64(9), 11, 5, 7, 1, 3])
    let last = try Reference.slice(counting(5), starts: [4], ends: [.min], steps: [.min])
    #expect(last.elements() == [Int64(4)])
    let none = try Reference.slice(counting(3, 4), starts: [7], ends: [9], axes: [-1])
    #expect(none.shape == [3, 0])
  }

  @Test func concatAndSplitAreInverse() throws {
    let whole = counting(2, 5, 3)
    let parts = try Reference.split(whole, axis: 1, rule: .lengths([2, 0, 3]))
    #expect(parts.map(\.shape) == [[2, 2, 3], [2, 0, 3], [2, 3, 3]])
    #expect(
      parts[2].elements() == [6, 7, 8, 9, 10, 11, 12, 13, 14, 21, 22, 23, 24, 25, 26, 27, 28, 29]
        as [Int64])
    let joined = try Reference.concat(parts, axis: -2)
    #expect(joined.shape == whole.shape)
    #expect(joined.elements(of: Int64.self) == whole.elements())
    #expect(isInvalid { try Reference.concat([], axis: 0) })
    #expect(isInvalid { try Reference.concat([counting(2), countingFloats(2)], axis: 0) })
    #expect(isInvalid { try Reference.concat([counting(2, 3), counting(2, 4)], axis: 0) })
  }

  @Test func expandAndTile() throws {
    let column = Tensor([Int64(1), 2], shape: [2, 1])
    #expect(try Reference.expand(column, to: [3]).elements() == [Int64(1), 1, 1, 2, 2, 2])
    #expect(try Reference.expand(column, to: [1, 1]).shape == [2, 1])
    #expect(try Reference.expand(column, to: [0]).shape == [2, 0])
    #expect(isInvalid { try Reference.expand(column, to: [3, 1]) })
    // numpy: np.tile([[0, 1], [2, 3]], (2, 2))
    #expect(
      try Reference.tile(counting(2, 2), repeats: [2, 2]).elements()
        == [Int64(0), 1, 0, 1, 2, 3, 2, 3, 0, 1, 0, 1, 2, 3, 2, 3])
    #expect(try Reference.tile(counting(2, 2), repeats: [0, 1]).shape == [0, 2])
    #expect(isInvalid { try Reference.tile(counting(2), repeats: [-1]) })
  }

  @Test func gather() throws {
    let picks = Tensor([Int64(2), -3], shape: [2, 1])
    let rows = try Reference.gather(counting(3, 2), indices: picks)
    #expect(rows.shape == [2, 1, 2])
    #expect(rows.elements() == [Int64(4), 5, 0, 1])
    // The class token of a ViT: a scalar index drops the axis.
    let first = try Reference.gather(counting(2, 3, 2), indices: Tensor(scalar: Int32(0)), axis: 1)
    #expect(first.shape == [2, 2])
    #expect(first.elements() == [Int64(0), 1, 6, 7])
    let none = try Reference.gather(counting(0, 2), indices: Tensor([Int64](), shape: [0]))
    #expect(none.shape == [0, 2])
    #expect(isInvalid { try Reference.gather(counting(3), indices: Tensor(scalar: Int64(3))) })
    #expect(isInvalid { try Reference.gather(counting(0), indices: Tensor(scalar: Int64(0))) })
    #expect(
      isInvalid {
        try Reference.gather(Tensor(scalar: Float(1)), indices: Tensor(scalar: Int64(0)))
      })
    #expect(isUnsupported { try Reference.gather(counting(3), indices: Tensor(scalar: Float(0))) })
  }

  @Test func gatherElements() throws {
    // numpy: np.take_along_axis(np.arange(6).reshape(2, 3), [[2, 0], [1, -1]], 1)
    let indices = Tensor([Int64(2), 0, 1, -1], shape: [2, 2])
    #expect(
      try Reference.gatherElements(counting(2, 3), indices: indices, axis: 1).elements()
        == [Int64(2), 0, 4, 5])
    #expect(isInvalid { try Reference.gatherElements(counting(1, 3), indices: indices, axis: 1) })
  }

  // Expected values as ONNX Runtime 1.32 gives them.
  @Test func pad() throws {
    let line = Tensor([Int64(1), 2, 3, 4, 5], shape: [5])
    func padded(_ begin: Int, _ end: Int, _ mode: PadMode) throws -> [Int64] {
      try Reference.pad(line, pads: [begin, end], mode: mode).elements()
    }
    #expect(try padded(1, 2, .constant) == [0, 1, 2, 3, 4, 5, 0, 0])
    #expect(try padded(-6, 3, .constant) == [0, 0])
    #expect(try padded(2, -3, .edge) == [1, 1, 1, 2])
    #expect(try padded(2, 1, .reflect) == [3, 2, 1, 2, 3, 4, 5, 4])
    #expect(try padded(-2, 2, .reflect) == [3, 4, 5, 4, 3])
    #expect(try padded(-2, 4, .wrap) == [3, 4, 5, 3, 4, 5, 3])
    #expect(try padded(7, 0, .wrap) == [4, 5, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5])
    #expect(isInvalid { try padded(5, 0, .reflect) })
    #expect(isInvalid { try padded(-6, 0, .constant) })
    #expect(isInvalid { try padded(.min, .max, .constant) })
    #expect(isInvalid { try Reference.pad(counting(0), pads: [1, 0], mode: .edge) })
  }

  @Test func padOfSomeAxesWithAValue() throws {
    let padded = try Reference.pad(
      counting(2, 2), pads: [0, 1], axes: [-1], value: Tensor(scalar: Int64(9)))
    #expect(padded.elements() == [Int64(0), 1, 9, 2, 3, 9])
    #expect(isInvalid { try Reference.pad(counting(2), pads: [0, 1], value: countingFloats(1)) })
  }

  @Test func trilu() throws {
    #expect(
      try Reference.trilu(counting(2, 3), diagonal: 1).elements() == [Int64(0), 1, 2, 0, 0, 5])
    #expect(
      try Reference.trilu(counting(2, 3), upper: false).elements() == [Int64(0), 0, 0, 3, 4, 0])
    #expect(
      try Reference.trilu(counting(2, 2), diagonal: .min).elements() == [Int64(0), 1, 2, 3])
    #expect(isInvalid { try Reference.trilu(counting(3)) })
  }

  @Test func shapeSizeAndConstants() throws {
    #expect(Reference.shape(counting(2, 3), start: -1).elements() == [Int64(3)])
    #expect(Reference.shape(Tensor(scalar: Float(0))).shape == [0])
    #expect(Reference.size(counting(2, 0)).elements() == [Int64(0)])
    let filled = try Reference.constantOfShape([2, 1], value: Tensor([Int64(7)], shape: [1]))
    #expect(filled.shape == [2, 1])
    #expect(filled.elements() == [Int64(7), 7])
    #expect(try Reference.constantOfShape([]).elements() == [Float(0)])
    #expect(isInvalid { try Reference.constantOfShape([-1]) })
  }

  @Test func range() throws {
    func integers(_ start: Int64, _ limit: Int64, _ delta: Int64) throws -> [Int64] {
      try Reference.range(
        start: Tensor(scalar: start), limit: Tensor(scalar: limit), delta: Tensor(scalar: delta)
      ).elements()
    }
    #expect(try integers(5, 0, -2) == [5, 3, 1])
    #expect(try integers(0, 5, 5) == [0])
    #expect(try integers(3, 3, 1) == [])
    #expect(try integers(0, .max, .max) == [0])
    #expect(isInvalid { try integers(0, 1, 0) })
    #expect(isInvalid { try integers(.min, .max, 1) })
    #expect(isInvalid { try integers(0, .max, 1) })
    let (zero, tenth) = (Tensor(scalar: Float(0)), Tensor(scalar: Float(0.1)))
    let floats = try Reference.range(start: zero, limit: Tensor(scalar: Float(1)), delta: tenth)
    #expect(floats.shape == [10])
    #expect(isInvalid { try Reference.range(start: zero, limit: tenth, delta: zero) })
    let nan = Tensor(scalar: Float.nan)
    #expect(isInvalid { try Reference.range(start: nan, limit: tenth, delta: tenth) })
  }
}
