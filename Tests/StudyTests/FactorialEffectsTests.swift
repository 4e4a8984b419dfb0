import Study
import Testing

/// Box, Hunter and Hunter's pilot plant: yields of a 2^3 design in standard order (temperature,
/// concentration, catalyst), and the effects that the book computes of them.
@Suite struct FactorialEffectsTests {
  private static let yields: [Double] = [60, 72, 54, 68, 52, 83, 45, 80]

  @Test(arguments: [
    (0b001, 23.0), (0b010, -5.0), (0b100, 1.5), (0b011, 1.5), (0b101, 10.0), (0b110, 0.0),
    (0b111, 0.5),
  ])
  func effectsAreThoseOfTheBook(mask: Int, expected: Double) {
    #expect(FactorialEffects.effect(of: mask, on: Self.yields) == expected)
  }
}
