import Bench
import Imaging
import OnnxParse
import Quant
import ViTEngine

/// All that is decided before anything runs.
struct StudySetup {
  let subjects: SubjectList
  let variants: VariantTable
  /// Each subject's variants: only it quantized, and all but it; nil where the reference leaves all of
  /// it in fp32.
  let pairs: [(oneIn: Int, oneOut: Int?)]
  let factorial: FactorialDesign?
  /// The reference with one scale to a tensor, and with one to a channel.
  let granularity: (perTensor: Int, perChannel: Int)
  /// The reference with each range of activations.
  let ranges: [(range: ActivationRange, variant: Int)]

  init(_ model: Model, _ options: StudyOptions) throws {
    let subjects = try SubjectList(
      of: model, options: options.quantization, kinds: options.kinds, selectors: options.nodes)
    guard !subjects.reference.isEmpty else {
      throw StudyError.invalid(
        "nothing in the model would be quantized, so there is nothing to study")
    }
    var variants = VariantTable(
      reference: subjects.reference, order: subjects.quantizable,
      form: NodeForm(options.quantization))
    let reference = Set(subjects.reference)
    pairs = subjects.subjects.map { subject in
      let rest = reference.subtracting(subject.nodes)
      return (
        variants.add(subject.nodes, base: .fp32),
        rest.count < reference.count ? variants.add(rest, base: .all) : nil
      )
    }
    var form = NodeForm(options.quantization)
    ranges = ActivationRange.allCases.map { range in
      form.range = range
      return (range, variants.add(reference, base: .fp32, form: form))
    }
    form = NodeForm(options.quantization)
    let granularity = [false, true].map { perChannel in
      form.perChannel = perChannel
      return variants.add(reference, base: .fp32, form: form)
    }
    self.granularity = (granularity[0], granularity[1])
    factorial =
      options.isFactorial
      ? FactorialDesign(subjects.groups, reference: reference, adding: &variants) : nil
    self.subjects = subjects
    self.variants = variants
  }
}
