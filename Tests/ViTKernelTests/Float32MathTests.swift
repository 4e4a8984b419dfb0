import Foundation
import Testing
import ViTKernel

/// The vector functions against the C library's double precision.
@Suite struct Float32MathTests {
  struct Function: Sendable, CustomTestStringConvertible {
    let name: String
    let operation: UnaryOperation
    let bound: Double
    let exact: @Sendable (Double) -> Double
    var testDescription: String { name }
  }

  static let functions = [
    Function(name: "exp", operation: .exp, bound: 2) { exp($0) },
    Function(name: "erf", operation: .erf, bound: 7) { erf($0) },
    Function(name: "tanh", operation: .tanh, bound: 7) { tanh($0) },
    Function(name: "sigmoid", operation: .sigmoid, bound: 4) { 1 / (1 + exp(-$0)) },
  ]

  /// Floats of both signs, evenly over all exponents: about 260 of each.
  static let sweep: [Float] = stride(from: UInt32(0), to: 0x7F80_0000, by: 32_233).flatMap {
    [Float(bitPattern: $0), -Float(bitPattern: $0)]
  }

  /// Floats of both signs, densely where the functions bend.
  static let dense: [Float] = (0..<400_000).map { Float($0 - 200_000) * (110 / 200_000) }

  @Test(arguments: executors, functions)
  func staysWithinItsBound(executor: Executor, function: Function) throws {
    let x = Self.sweep + Self.dense
    let y = unwritten([x.count])
    try executor.unary(function.operation, Tensor(x, shape: [x.count]), into: y)
    var worst = (error: 0.0, at: Float(0))
    for (x, y) in zip(x, y.elements(of: Float.self)) {
      let error = unitsInLastPlace(y, function.exact(Double(x)))
      // A NaN is an error too, and never the smaller one.
      if !(error <= worst.error) { worst = (error, x) }
    }
    #expect(worst.error <= function.bound, "\(worst)")
  }

  private func unitsInLastPlace(_ y: Float, _ exact: Double) -> Double {
    let nearest = Float(exact)
    if y == nearest { return 0 }
    return abs(Double(y) - exact) / Double(max(nearest.magnitude.ulp, .leastNonzeroMagnitude))
  }

  @Test(arguments: executors)
  func infinitiesAndNaNGoWhereTheyShould(executor: Executor) throws {
    let x: [Float] = [.infinity, -.infinity, .nan, 0, -0.0]
    func values(_ operation: UnaryOperation) throws -> [Float] {
      let y = unwritten([x.count])
      try executor.unary(operation, Tensor(x, shape: [x.count]), into: y)
      return y.elements(of: Float.self)
    }
    let expected: [(UnaryOperation, [Float])] = [
      (.exp, [.infinity, 0, .nan, 1, 1]), (.erf, [1, -1, .nan, 0, 0]),
      (.tanh, [1, -1, .nan, 0, 0]), (.sigmoid, [1, 0, .nan, 0.5, 0.5]),
      (.relu, [.infinity, 0, .nan, 0, 0]), (.gelu(.none), [.infinity, .nan, .nan, 0, 0]),
      (.gelu(.tanh), [.infinity, .nan, .nan, 0, 0]),
    ]
    for (operation, expected) in expected {
      for (value, wanted) in zip(try values(operation), expected) {
        #expect(value == wanted || (value.isNaN && wanted.isNaN), "\(operation)")
      }
    }
    #expect(try values(.tanh)[4].sign == .minus)
    #expect(try values(.erf)[4].sign == .minus)
  }

  @Test(arguments: executors, [GeluApproximation.none, .tanh])
  func geluIsCloseToItsDefinition(executor: Executor, form: GeluApproximation) throws {
    let x = Tensor((0..<20_001).map { Float($0 - 10_000) / 1000 }, shape: [20_001])
    let y = unwritten(x.shape)
    try executor.unary(.gelu(form), x, into: y)
    #expect(difference(y, try Reference.unary(.gelu(form), x)) < 2e-6)
  }

  @Test(arguments: executors)
  func geluVanishesFarBelowZero(executor: Executor) throws {
    let x = Tensor([-6, -10, -100, -3e38] as [Float], shape: [4])
    let y = unwritten([4])
    for form in [GeluApproximation.none, .tanh] {
      try executor.unary(.gelu(form), x, into: y)
      #expect(y.elements(of: Float.self).allSatisfy { $0.magnitude < 1e-6 })
    }
  }
}
