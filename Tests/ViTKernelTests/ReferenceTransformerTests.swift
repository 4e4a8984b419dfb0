import Testing
import ViTKernel

@Suite struct ReferenceTransformerTests {
  @Test(arguments: executors, [1, 7, 16, 100, 197])
  func rmsNormIsTheReferences(executor: Executor, columns: Int) throws {
    let x = random([3, 4, columns], in: -2...5)
    let scale = random([columns], seed: 2)
    let y = unwritten(x.shape)
    try executor.layerNorm(
      x, columns: columns, scale: scale, bias: nil, epsilon: 1e-5, meanIsZero: true, into: y)
    #expect(difference(y, try Reference.rmsNormalization(x, scale: scale).y) < 2e-5)
  }

  @Test func rmsNormByHand() throws {
    // The mean of 9 and 16 is 12.5.
    let x = Tensor([Float(3), 4], shape: [1, 2])
    let result = try Reference.rmsNormalization(
      x, scale: Tensor([Float(1), 2], shape: [2]), epsilon: 0)
    #expect(areClose(result.y.elements(), [0.848_528_1, 2.262_741_7]))
    #expect(areClose(result.inverseRoot.elements(), [0.282_842_7]))
    #expect(isInvalid { try Reference.rmsNormalization(x, scale: random([3])) })
    #expect(isInvalid { try Reference.rmsNormalization(x, scale: random([2]), axis: 2) })
  }

  @Test func aBiasHidesKeys() throws {
    let bias = AttentionBias(batch: 1, queryRows: 2, keyRows: 4, pastRows: 1, isCausal: true)
    let hidden = -Float.infinity
    #expect(
      try Reference.attentionBias(bias, mask: nil, validKeys: nil).elements()
        == [0, 0, hidden, hidden, 0, 0, 0, hidden])
    // Beyond a short mask nothing is seen.
    let short = Tensor([true, false], shape: [2])
    let all = AttentionBias(batch: 1, queryRows: 2, keyRows: 3)
    #expect(
      try Reference.attentionBias(all, mask: short, validKeys: nil).elements()
        == [0, hidden, hidden])
    // The last query sees the last key that is no padding: the first one none, of one key.
    let lengths = Tensor([Int64(1)], shape: [1])
    var causal = all
    causal.isCausal = true
    #expect(
      try Reference.attentionBias(causal, mask: nil, validKeys: lengths).elements()
        == [hidden, hidden, hidden, 0, hidden, hidden])
  }

  @Test func refusesMasksThatDoNotFit() {
    let bias = AttentionBias(batch: 2, queryRows: 2, keyRows: 3)
    func shape(_ mask: [Int]?, _ lengths: [Int]? = nil) throws -> [Int] {
      try ShapeRules.attentionBias(bias, mask: mask, validKeys: lengths)
    }
    #expect(isInvalid { try shape([4]) })
    #expect(isInvalid { try shape([]) })
    #expect(isInvalid { try shape([1, 1, 1, 1, 3]) })
    #expect(isInvalid { try shape([3, 1, 1, 3]) })
    #expect(isInvalid { try shape(nil, [3]) })
    #expect(isInvalid { try shape([3, 1, 1, 3], [2]) })
    let padding = PaddingBias(batch: 2, queryRows: 2, keyRows: 3)
    #expect(isUnsupported { try ShapeRules.paddingBias(padding, mask: [5]) })
    #expect(isUnsupported { try ShapeRules.paddingBias(padding, mask: [2, 1, 3, 3]) })
    let huge = AttentionBias(batch: 1, queryRows: 1 << 20, keyRows: 1 << 20, isCausal: true)
    #expect(isInvalid { try ShapeRules.attentionBias(huge, mask: nil, validKeys: nil) })
  }

  @Test func linearAttentionRefusesWhatDoesNotFit() {
    let parameters = LinearAttentionParameters(heads: 2, keyHeads: 2, rule: .gated)
    let x = random([1, 3, 8])
    func run(
      _ query: Tensor, _ parameters: LinearAttentionParameters, state: Tensor? = nil,
      decay: Tensor? = nil
    ) throws -> Tensor {
      try Reference.linearAttention(
        query: query, key: x, value: x, state: state, decay: decay, beta: nil, parameters
      ).output
    }
    var none = parameters
    none.keyHeads = 0
    #expect(isInvalid { try run(x, none, decay: random([1, 3, 2])) })
    #expect(isInvalid { try run(x, parameters) })
    #expect(isInvalid { try run(x, parameters, decay: random([1, 3, 3])) })
    #expect(isInvalid { try run(x, parameters, decay: random([3, 2])) })
    #expect(isInvalid { try run(random([1, 2, 8]), parameters, decay: random([1, 3, 2])) })
    #expect(
      isInvalid { try run(x, parameters, state: random([1, 2, 4, 5]), decay: random([1, 3, 2])) })
  }

  @Test func causalConvolutionRefusesWhatDoesNotFit() {
    let x = random([1, 2, 5])
    func run(_ weight: Tensor, bias: Tensor? = nil, state: Tensor? = nil) throws -> Tensor {
      try Reference.causalConvolution(x, weight: weight, bias: bias, state: state, swish: false)
        .output
    }
    #expect(isInvalid { try run(random([2, 1, 0])) })
    #expect(isInvalid { try run(random([3, 1, 2])) })
    #expect(isInvalid { try run(random([2, 2])) })
    #expect(isInvalid { try run(random([2, 1, 2]), bias: random([3])) })
    #expect(isInvalid { try run(random([2, 1, 2]), state: random([1, 2, 2])) })
  }
}
