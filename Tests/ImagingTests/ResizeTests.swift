import Imaging
import Testing

struct ResizeTests {
  @Test(arguments: try Goldens.cases.get().resize)
  func equalsPillow(_ golden: Goldens.Resize) throws {
    let image = try RGBImage.load(path: Goldens.path("photo"))
    let filter = try #require(ResampleFilter(rawValue: golden.filter))
    let resized = image.resized(width: golden.width, height: golden.height, filter: filter)
    #expect(resized.width == golden.width && resized.height == golden.height)
    #expect(resized.samples == (try Goldens.bytes(golden.offset, golden.count)))
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
