import Imaging
import Testing

struct ImageProcessorTests {
  /// Every bit of the tensor: the arithmetic is the same, step by step.
  @Test(arguments: try Goldens.cases.get().processors)
  func equalsTransformers(_ golden: Goldens.Processor) throws {
    let processor = ImageProcessor(try ProcessorConfig(decoding: Array(golden.config.utf8)))
    let (values, shape) = try processor.pixels(path: Goldens.photo(golden.photo))
    #expect(shape == golden.shape)
    #expect(values.count == shape.reduce(1, *))
    #expect(digest(values) == golden.digest)
  }

  @Test func thereAreEnough() throws {
    #expect(try Goldens.cases.get().processors.count >= 10)
  }

  @Test(arguments: [
    (
      #"{"crop_pct": 0.875}"#,
      "unsupported: \"crop_pct\" is not known here and may change pixels; known are"
    ),
    (#"{"do_pad": true}"#, "unsupported: \"do_pad\" is not known here"),
    (#"{"resample": 6}"#, "\"resample\" is not one of Pillow's filters, 0 to 5"),
    (#"{"size": 0}"#, "\"size\" is not a number, {height, width}, {shortest_edge}, {shortest"),
    (#"{"size": {"height": 1, "shortest_edge": 2}}"#, "\"size\" is not a number, {height, width}"),
    (#"{"size": {"height": 1, "width": 2, "depth": 3}}"#, "\"size\" is not a number"),
    (#"{"size": {"longest_edge": 224}}"#, "\"size\" is not a number, {height, width}"),
    (#"{"do_center_crop": true}"#, "\"crop_size\" is missing; it should be a number or"),
    (#"{"image_mean": [0.5, 0.5]}"#, "\"image_mean\" is not three numbers"),
    (#"{"image_std": [1, 0, 1]}"#, "\"image_std\" is not three numbers other than 0"),
    (#"{"do_resize": "yes"}"#, "\"do_resize\" is not true or false"),
    (#"{"rescale_factor": 0}"#, "\"rescale_factor\" is not a number above 0"),
    (#"{"do_flip_channel_order": true}"#, "unsupported: \"do_flip_channel_order\" is not known"),
    (#"{"data_format": "channels_last"}"#, "unsupported: \"data_format\" is not known here"),
    (
      #"{"image_processor_type": "LevitImageProcessor"}"#,
      "unsupported: \"image_processor_type\" is LevitImageProcessor; known are the image "
        + "processors of ViT, DeiT, Beit, CLIP, Siglip, Bit, ConvNext"
    ),
    (#"{"image_processor_type": 3}"#, "\"image_processor_type\" is not a name"),
    (
      #"{"image_processor_type": "BeitImageProcessor", "size": 8}"#, "\"do_center_crop\" is missing"
    ),
    (
      #"{"feature_extractor_type": "ConvNextFeatureExtractor", "size": 8}"#,
      "\"resample\" is missing; it should be one of Pillow's filters"
    ),
    (
      #"{"image_processor_type": "ConvNextImageProcessor", "resample": 3, "crop_pct": 0.0001}"#
        .replacing("}", with: #", "size": 300}"#),
      "\"crop_pct\" makes of 300 pixels 3000000.0"
    ),
    ("[]", "not a JSON object"),
    ("{", "not valid JSON"),
  ])
  func namesWhatIsWrongInAConfiguration(_ text: String, _ message: String) throws {
    let error = #expect(throws: ImageError.self) {
      try ProcessorConfig(decoding: Array(text.utf8), file: "preprocessor_config.json")
    }
    let description = try #require(error?.description)
    #expect(description.hasPrefix("preprocessor_config.json: " + message), "\(description)")
  }

  @Test func stepsThatAreOffAreHarmless() throws {
    let text = #"{"do_pad": false, "do_reduce_labels": null, "data_format": "channels_first"}"#
    #expect(try ProcessorConfig(decoding: Array(text.utf8)) == ProcessorConfig())
  }

  /// `image_processor_type` comes first, then the older key, then the processor of text and images.
  @Test func theProcessorIsNamedByThreeKeys() throws {
    let files = [
      #"{"image_processor_type": "CLIPImageProcessorFast", "processor_class": "ViTProcessor"}"#,
      #"{"feature_extractor_type": "CLIPFeatureExtractor", "size": 224}"#,
      #"{"processor_class": "CLIPProcessor"}"#,
    ]
    for text in files {
      let config = try ProcessorConfig(decoding: Array(text.utf8))
      #expect(config.size == .shortestEdge(224) && config.filter == .bicubic, "\(text)")
      #expect(config.centerCrop == ProcessorConfig.Crop(height: 224, width: 224), "\(text)")
    }
  }

  @Test func refusesAResultBeyondTheLimit() throws {
    let line = RGBImage(width: 60_000, height: 1, samples: [UInt8](repeating: 0, count: 180_000))
    let processor = ImageProcessor(ProcessorConfig(size: .shortestEdge(1000)))
    #expect(throws: ImageError.self) { try processor.tensor(line) }
  }

  /// Columns come first here; 60,000 rows of 13,000 pixels would be too many on the way.
  @Test func aTallImageCanBecomeWide() throws {
    let column = RGBImage(width: 1, height: 60_000, samples: [UInt8](repeating: 9, count: 180_000))
    let config = ProcessorConfig(size: .exact(height: 1, width: 13_000), normalization: nil)
    #expect(try ImageProcessor(config).tensor(column).allSatisfy { $0 == Float(9.0 / 255) })
  }

  @Test func refusesAResultWithoutPixels() throws {
    let line = RGBImage(width: 60_000, height: 1, samples: [UInt8](repeating: 0, count: 180_000))
    let processor = ImageProcessor(ProcessorConfig(size: .within(height: 50, width: 50)))
    #expect(throws: ImageError.self) { try processor.tensor(line) }
  }
}
