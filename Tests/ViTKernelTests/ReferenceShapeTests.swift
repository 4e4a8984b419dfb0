import Testing
import ViTKernel

@Suite struct ReferenceShapeTests {
  @Test func broadcasting() throws {
    #expect(try ShapeRules.broadcast([[2, 1, 4], [3, 1], []]) == [2, 3, 4])
    #expect(try ShapeRules.broadcast([[0, 3], [1, 1]]) == [0, 3])
    #expect(try ShapeRules.broadcast([[1], [0]]) == [0])
    #expect(try ShapeRules.broadcast([[], []]) == [])
    #expect(isInvalid { try ShapeRules.broadcast([[2], [3]]) })
    #expect(isInvalid { try ShapeRules.broadcast([[2], [0]]) })
    #expect(isInvalid { try ShapeRules.broadcast([2, 1], to: [2]) })
  }

  @Test func axesAreCountedFromEitherEnd() throws {
    #expect(try ShapeRules.axis(-1, rank: 3) == 2)
    #expect(isInvalid { try ShapeRules.axis(3, rank: 3) })
    #expect(isInvalid { try ShapeRules.axis(0, rank: 0) })
    #expect(isInvalid { try ShapeRules.axes([0, -2], rank: 2) })
  }

  @Test func sizesThatNoMemoryHoldsAreRefused() {
    #expect(isInvalid { try ShapeRules.elementCount([1 << 40, 1 << 40]) })
    #expect(isInvalid { try ShapeRules.elementCount([0, .max, .max]) })
    #expect(isInvalid { try ShapeRules.elementCount([-1]) })
    #expect(isInvalid { try ShapeRules.concat([[0, .max], [0, .max]], axis: 1) })
    #expect(isInvalid { try ShapeRules.tile([3], repeats: [.max]) })
    #expect(isInvalid { try ShapeRules.split([0], axis: 0, rule: .equal(outputs: .max)) })
  }

  @Test func reshape() throws {
    #expect(try ShapeRules.reshape([2, 3, 4], requested: [0, -1]) == [2, 12])
    #expect(try ShapeRules.reshape([2, 3], requested: [-1]) == [6])
    #expect(try ShapeRules.reshape([], requested: []) == [])
    #expect(try ShapeRules.reshape([], requested: [-1, 1]) == [1, 1])
    #expect(try ShapeRules.reshape([0, 3], requested: [3, -1]) == [3, 0])
    #expect(try ShapeRules.reshape([0, 3], requested: [3, 0], allowZero: true) == [3, 0])
    #expect(isInvalid { try ShapeRules.reshape([0, 3], requested: [0, -1]) })
    #expect(isInvalid { try ShapeRules.reshape([2, 3], requested: [-1, -1]) })
    #expect(isInvalid { try ShapeRules.reshape([2, 3], requested: [-2, -3]) })
    #expect(isInvalid { try ShapeRules.reshape([2, 3], requested: [4]) })
    #expect(isInvalid { try ShapeRules.reshape([2, 3], requested: [4, -1]) })
    #expect(isInvalid { try ShapeRules.reshape([6], requested: [6, 0]) })
  }

  @Test func flatten() throws {
    #expect(try ShapeRules.flatten([2, 3, 4], axis: 0) == [1, 24])
    #expect(try ShapeRules.flatten([2, 3, 4], axis: -1) == [6, 4])
    #expect(try ShapeRules.flatten([2, 3, 4], axis: 3) == [24, 1])
    #expect(try ShapeRules.flatten([], axis: 0) == [1, 1])
    #expect(isInvalid { try ShapeRules.flatten([2], axis: 2) })
  }

  @Test func squeezeAndUnsqueeze() throws {
    #expect(try ShapeRules.squeeze([1, 2, 1], axes: nil) == [2])
    #expect(try ShapeRules.squeeze([1, 2, 1], axes: [-1]) == [1, 2])
    #expect(isInvalid { try ShapeRules.squeeze([1, 2], axes: [1]) })
    #expect(try ShapeRules.unsqueeze([2, 3], axes: [3, 0]) == [1, 2, 3, 1])
    #expect(try ShapeRules.unsqueeze([], axes: [-1]) == [1])
    #expect(isInvalid { try ShapeRules.unsqueeze([2], axes: [0, 0]) })
    #expect(isInvalid { try ShapeRules.unsqueeze([2], axes: [2]) })
  }

  @Test func shapeClampsItsRange() {
    #expect(ShapeRules.shapeSlice([2, 3, 4], start: -2) == [3, 4])
    #expect(ShapeRules.shapeSlice([2, 3, 4], start: 1, end: -1) == [3])
    #expect(ShapeRules.shapeSlice([2, 3, 4], start: -9, end: 9) == [2, 3, 4])
    #expect(ShapeRules.shapeSlice([2, 3, 4], start: 2, end: 1) == [])
  }

  @Test func slice() throws {
    func shape(_ start: Int, _ end: Int, _ step: Int, of length: Int = 5) throws -> Int {
      try ShapeRules.slice([length], starts: [start], ends: [end], steps: [step]).shape[0]
    }
    #expect(try shape(0, .max, 1) == 5)
    #expect(try shape(.max, .min, -2) == 3)
    #expect(try shape(.min, .max, 2) == 3)
    #expect(try shape(-2, -1, 1) == 1)
    #expect(try shape(3, 1, 1) == 0)
    #expect(try shape(0, 5, .max) == 1)
    #expect(try shape(4, .min, .min) == 1)
    #expect(try shape(0, 5, 1, of: 0) == 0)
    #expect(try shape(-1, .min, -1, of: 0) == 0)
    #expect(isInvalid { try shape(0, 1, 0) })
    #expect(isInvalid { try ShapeRules.slice([5], starts: [0, 0], ends: [1, 1], axes: [0, 0]) })
    #expect(isInvalid { try ShapeRules.slice([5], starts: [0], ends: []) })
    #expect(isInvalid { try ShapeRules.slice([5], starts: [0, 0], ends: [1, 1]) })
  }

  @Test func split() throws {
    #expect(try ShapeRules.split([2, 5], axis: -1, rule: .lengths([2, 3])) == [[2, 2], [2, 3]])
    #expect(try ShapeRules.split([7], axis: 0, rule: .chunks(outputs: 3)) == [[3], [3], [1]])
    #expect(isInvalid { try ShapeRules.split([5], axis: 0, rule: .chunks(outputs: 4)) })
    #expect(isInvalid { try ShapeRules.split([7], axis: 0, rule: .equal(outputs: 3)) })
    #expect(isInvalid { try ShapeRules.split([5], axis: 0, rule: .lengths([2, 2])) })
    #expect(isInvalid { try ShapeRules.split([5], axis: 0, rule: .lengths([6, -1])) })
  }

  @Test func products() throws {
    #expect(try ShapeRules.matMul([2, 1, 3, 4], [5, 4, 6]) == [2, 5, 3, 6])
    #expect(try ShapeRules.matMul([4], [2, 4, 6]) == [2, 6])
    #expect(try ShapeRules.matMul([2, 3, 4], [4]) == [2, 3])
    #expect(try ShapeRules.matMul([4], [4]) == [])
    #expect(isInvalid { try ShapeRules.matMul([], [4]) })
    #expect(isInvalid { try ShapeRules.matMul([2, 3], [2, 3]) })
    #expect(isInvalid { try ShapeRules.matMul([2, 3, 4], [3, 4, 5]) })
    let transposed = GemmParameters(transposeA: true, transposeB: true)
    #expect(try ShapeRules.gemm([4, 3], [6, 4], c: [6], transposed) == [3, 6])
    #expect(isInvalid { try ShapeRules.gemm([3, 4], [4, 6], c: [1, 3, 6]) })
    #expect(isInvalid { try ShapeRules.gemm([3], [3, 6]) })
  }

  @Test func conv() throws {
    let patches = ConvParameters(strides: [16, 16])
    #expect(
      try ShapeRules.conv([2, 3, 224, 224], weight: [768, 3, 16, 16], bias: [768], patches)
        == [2, 768, 14, 14])
    #expect(try ShapeRules.conv([0, 1, 3], weight: [1, 1, 2]) == [0, 1, 2])
    let same = ConvParameters(strides: [3], autoPad: .sameUpper)
    #expect(try ShapeRules.conv([1, 1, 4], weight: [1, 1, 2], same) == [1, 1, 2])
    #expect(isInvalid { try ShapeRules.conv([1, 1, 3], weight: [1, 1, 5]) })
    #expect(isInvalid { try ShapeRules.conv([1, 3, 3], weight: [2, 2, 1]) })
    #expect(isInvalid { try ShapeRules.conv([1, 2, 3], weight: [2, 2, 1], bias: [3]) })
    for hostile in [
      ConvParameters(pads: [.max, .max]), ConvParameters(dilations: [.max]),
      ConvParameters(strides: [0]), ConvParameters(group: 0), ConvParameters(group: .min),
      ConvParameters(pads: [-1, 0]), ConvParameters(kernelShape: [3]),
      ConvParameters(dilations: [.max], autoPad: .sameLower),
    ] {
      #expect(isInvalid { try ShapeRules.conv([1, 1, 4], weight: [1, 1, 2], hostile) })
    }
  }
}
