import Imaging
import Testing

struct ImageProcessorTests {
  @Test(arguments: try Goldens.cases.get().processor)
  func equalsHuggingFace(_ golden: Goldens.Processor) throws {
    let processor = ImageProcessor(try ProcessorConfig(decoding: Array(golden.config.utf8)))
    let image = try RGBImage.load(path: Goldens.path("photo"))
    let pixels = try processor.tensor(image)
    #expect(processor.shape(of: image) == golden.shape)
    let expected = try Goldens.floats(golden.offset, golden.count)
    #expect(pixels.count == expected.count)
    let farthest = zip(pixels, expected).map { abs($0 - $1) }.max()
    #expect(try #require(farthest) <= 1e-6)
  }

  @Test func readsTheOldFormOfAConfiguration() throws {
    let text = """
      {"do_normalize": true, "do_resize": true, "feature_extractor_type": "ViTFeatureExtractor",
       "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5], "resample": 2, "size": 224}
      """
    #expect(try ProcessorConfig(decoding: Array(text.utf8)) == ProcessorConfig())
  }

  @Test(arguments: [
    (
      #"{"crop_pct": 0.875}"#,
      "unsupported: \"crop_pct\" is not known here and may change pixels; known are"
    ),
    (#"{"do_pad": true}"#, "unsupported: \"do_pad\" is not known here"),
    (#"{"resample": 6}"#, "\"resample\" is not one of Pillow's filters, 0 to 5"),
    (#"{"size": 0}"#, "\"size\" is not a number, {height, width} or {shortest_edge}"),
    (#"{"size": {"longest_edge": 224}}"#, "\"size\" is not a number, {height, width}"),
    (#"{"do_center_crop": true}"#, "\"crop_size\" is missing; it should be a number or"),
    (#"{"image_mean": [0.5, 0.5]}"#, "\"image_mean\" is not three numbers"),
    (#"{"image_std": [1, 0, 1]}"#, "\"image_std\" is not three numbers other than 0"),
    (#"{"do_resize": "yes"}"#, "\"do_resize\" is not true or false"),
    (#"{"image_processor_type": "DeiTImageProcessor"}"#, "\"do_resize\" is missing"),
    ("[]", "not a JSON object"),
    ("{", "not a valid JSON file"),
  ])
  func namesWhatIsWrongInAConfiguration(_ text: String, _ message: String) throws {
    let error = #expect(throws: ImageError.self) {
      try ProcessorConfig(decoding: Array(text.utf8), file: "preprocessor_config.json")
    }
    let description = try #require(error?.description)
    #expect(description.hasPrefix("preprocessor_config.json: " + message), "\(description)")
  }

  @Test func anUnknownKeyThatIsOffIsHarmless() throws {
    let text = #"{"do_pad": false, "do_reduce_labels": null, "data_format": "channels_first"}"#
    #expect(try ProcessorConfig(decoding: Array(text.utf8)) == ProcessorConfig())
  }

  @Test func refusesAResultBeyondTheLimit() throws {
    let line = RGBImage(width: 60_000, height: 1, samples: [UInt8](repeating: 0, count: 180_000))
    let processor = ImageProcessor(ProcessorConfig(size: .shortestEdge(1000)))
    #expect(throws: ImageError.self) { try processor.tensor(line) }
  }
}
