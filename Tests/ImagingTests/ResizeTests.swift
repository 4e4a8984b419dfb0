import Imaging
import Testing

struct ResizeTests {
  /// Sizes, modes and filters: more than two thousand resized images.
  @Test func generatedImagesEqualPillow() throws {
    var compared = 0
    for golden in try GeneratedPNG.goldens() {
      let image = try RGBImage(decoding: golden.file.bytes, file: golden.file.description)
      #expect(image.digest == golden.decoded, "\(golden.file)")
      for (filter, digest) in zip(ResampleFilter.allCases, golden.resized) {
        let resized = image.resized(width: golden.width, height: golden.height, filter: filter)
        #expect(resized.width == golden.width && resized.height == golden.height)
        #expect(
          resized.digest == digest,
          "\(golden.file), \(filter) to \(golden.width) x \(golden.height)")
        compared += 1
      }
    }
    #expect(compared >= 2000)
  }

  @Test(arguments: try Goldens.cases.get().photos)
  func photosEqualPillow(_ photo: Goldens.Photo) throws {
    let image = try RGBImage.load(path: Goldens.photo(photo.file))
    #expect(image.width == photo.width && image.height == photo.height)
    #expect(image.digest == photo.digest)
    #expect(photo.resized.count == 30)
    for golden in photo.resized {
      let filter = try #require(ResampleFilter(rawValue: golden.filter))
      let resized = image.resized(width: golden.width, height: golden.height, filter: filter)
      #expect(
        resized.digest == golden.digest, "\(filter) to \(golden.width) x \(golden.height)")
    }
  }

  @Test(arguments: ResampleFilter.allCases)
  func keepsAFlatColour(_ filter: ResampleFilter) {
    let colour: [UInt8] = [0, 128, 255]
    let flat = RGBImage(width: 3, height: 2, samples: (0..<6).flatMap { _ in colour })
    for (width, height) in [(1, 1), (2, 5), (9, 1)] {
      let resized = flat.resized(width: width, height: height, filter: filter)
      #expect(resized.samples == (0..<width * height).flatMap { _ in colour })
    }
  }
}
