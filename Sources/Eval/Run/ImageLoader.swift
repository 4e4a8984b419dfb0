import Bench
import Imaging

/// Makes pixels of images, for one model or two, on any thread.
struct ImageLoader: Sendable {
  /// What becomes of an image.
  struct Loaded: Sendable {
    /// Digest of its bytes; nil where it can't be read.
    var digest: ContentDigest?
    /// Its pixels for each model, or why there are none.
    var pixels: Result<[[Float]], any Error>
  }

  private let images: ImageSet
  private let models: [(input: PixelInput, processor: ImageProcessor)]

  init(_ images: ImageSet, for classifiers: [Classifier]) {
    self.images = images
    models = classifiers.map { ($0.input, $0.processor) }
  }

  /// The image at `index`.
  func load(_ index: Int) -> Loaded {
    var loaded = Loaded(digest: nil, pixels: .success([]))
    do {
      let bytes = try images.content(index)
      loaded.digest = ContentDigest(bytes)
      if let fault = images.entries[index].fault { throw fault }
      let image = try images.image(index, decoding: bytes)
      var pixels: [[Float]] = []
      for (position, model) in models.enumerated() {
        // Two models that are fed alike are fed once.
        if position > 0, model.processor.config == models[0].processor.config {
          pixels.append(pixels[0])
        } else {
          pixels.append(
            try model.input.pixels(
              of: image, processor: model.processor, place: images.place(of: index)))
        }
      }
      loaded.pixels = .success(pixels)
    } catch {
      loaded.pixels = .failure(error)
    }
    return loaded
  }
}
