import Testing
import ViTKernel

@Suite struct RotaryTests {
  private static let cosines = random([10, 4], seed: 2)
  private static let sines = random([10, 4], seed: 3)
  private static let places = Tensor(
    [Int64(0), 1, 2, 3, 4, 5, 9, 0, 7, 7, 2, 1], shape: [2, 6])

  @Test(arguments: executors, [[2, 3, 6, 8], [2, 6, 24], [2, 3, 6, 11]])
  func isTheReferences(executor: Executor, shape: [Int]) throws {
    let x = random(shape)
    let tables = [Self.cosines, Self.sines]
    for interleaved in [false, true] {
      for positions in [Self.places, Tensor([Int64(4)], shape: [1])] {
        let parameters = RotaryParameters(heads: 3, rotated: 8, interleaved: interleaved)
        let layout = try RotaryShape(
          parameters, x: shape, cosines: [10, 4], sines: [10, 4], positions: positions.shape)
        let expected = try Reference.rotaryEmbedding(
          x, cosines: tables[0], sines: tables[1], positions: positions, parameters)
        let y = unwritten(shape)
        try executor.rotaryEmbedding(
          layout, x, cosines: tables[0], sines: tables[1], positions: positions, into: y)
        #expect(difference(y, expected) < 1e-6)
        // In place.
        let same = random(shape)
        try executor.rotaryEmbedding(
          layout, same, cosines: tables[0], sines: tables[1], positions: positions, into: same)
        #expect(bits(same) == bits(y))
      }
    }
  }

  @Test func turnsByHand() throws {
    // A quarter turn: (1, 2) becomes (-2, 1); the halves of a head are the pairs.
    let x = Tensor([Float(1), 3, 2, 4], shape: [1, 1, 4])
    let (cosines, sines) = (
      Tensor([Float(0), 0], shape: [1, 1, 2]), Tensor([Float(1), 1], shape: [1, 1, 2])
    )
    let halves = try Reference.rotaryEmbedding(
      x, cosines: cosines, sines: sines, RotaryParameters(heads: 1))
    #expect(halves.elements() == [Float(-2), -4, 1, 3])
    let neighbours = try Reference.rotaryEmbedding(
      x, cosines: cosines, sines: sines, RotaryParameters(heads: 1, interleaved: true))
    #expect(neighbours.elements() == [Float(-3), 1, -4, 2])
  }

  @Test(arguments: [[Int64(10)], [-1], [5], [.max], [.min]])
  func refusesAPositionThatIsInNoTable(position: [Int64]) throws {
    // Of six tokens, the one at 5 would read the eleventh row.
    let positions = Tensor(position, shape: [1])
    let parameters = RotaryParameters(heads: 3)
    let x = random([2, 6, 24])
    let layout = try RotaryShape(
      parameters, x: x.shape, cosines: [10, 4], sines: [10, 4], positions: [1])
    #expect(
      isInvalid {
        try Reference.rotaryEmbedding(
          x, cosines: Self.cosines, sines: Self.sines, positions: positions, parameters)
      })
    #expect(
      isInvalid {
        try executors[0].rotaryEmbedding(
          layout, x, cosines: Self.cosines, sines: Self.sines, positions: positions,
          into: unwritten(x.shape))
      })
  }

  @Test func refusesShapesThatDoNotFit() {
    func shape(
      _ x: [Int], _ cosines: [Int], _ positions: [Int]?,
      _ parameters: RotaryParameters = RotaryParameters(heads: 3)
    ) throws -> RotaryShape {
      try RotaryShape(parameters, x: x, cosines: cosines, sines: cosines, positions: positions)
    }
    #expect(isInvalid { try shape([2, 24], [10, 4], [2, 6]) })
    #expect(isInvalid { try shape([2, 6, 25], [10, 4], [2, 6]) })
    #expect(isInvalid { try shape([2, 6, 24], [10, 0], [2, 6]) })
    #expect(isInvalid { try shape([2, 6, 24], [], [2, 6]) })
    #expect(isInvalid { try shape([2, 6, 24], [10, 5], [2, 6]) })
    #expect(isInvalid { try shape([2, 6, 24], [10, 4], [6]) })
    #expect(isInvalid { try shape([2, 6, 24], [10, 4], nil) })
    #expect(isInvalid { try shape([2, 6, 24], [10, 4], [2, 6], RotaryParameters(heads: -3)) })
    #expect(
      isInvalid {
        try shape([2, 6, 24], [10, 4], [2, 6], RotaryParameters(heads: 3, rotated: 7))
      })
  }
}
