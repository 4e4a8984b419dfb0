import ArgumentParser
import Bench
import Imaging

/// Which images a model is run over: what `bench` and `eval` share.
struct ImageArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Images: a folder with a folder for each label, a .csv or .jsonl of path and label, or an .npz "
        + "of uint8 images and labels.", valueName: "path"))
  var images: String?

  @Option(
    help: ArgumentHelp(
      "The split to take: a folder in --images, or part of an array's name in an .npz.",
      valueName: "name"))
  var split: String?

  @Option(
    help: ArgumentHelp("Draw so many of the images, the same for the same seed.", valueName: "n"))
  var maxSamples: PositiveInteger?

  @Option(help: ArgumentHelp("The seed of the draw.", valueName: "n"))
  var seed: UInt64?

  @Flag(help: ExifTranspose.help)
  var exifTranspose = false

  @Flag(help: SkipBad.help)
  var skipBad = false

  func validate() throws {
    if split != nil && images == nil { throw ValidationError("--split needs --images") }
    if seed != nil && maxSamples == nil { throw ValidationError("--seed needs --max-samples") }
  }

  /// The seed where none is given.
  static let defaultSeed: UInt64 = 1

  /// The images, those that were drawn; of the folder `fallback` where none are named.
  func load(for model: ModelLocation, fallback: String) throws -> ImageSet {
    var all = try ImageSet.load(
      path: images ?? fallback, labels: try model.labels(), split: split
    ).announced
    all.appliesOrientation = exifTranspose
    return maxSamples.map { all.sample($0.value, seed: seed ?? Self.defaultSeed) } ?? all
  }
}

/// `--exif-transpose` of the commands that show single images or measure many.
enum ExifTranspose {
  static let help: ArgumentHelp =
    "Turn pictures upright as their EXIF data say; image processors take them as they are stored."
}

/// `--skip-bad` of the commands that run over images.
enum SkipBad {
  static let help: ArgumentHelp =
    "Name, count and pass over images that can't be used; else the first ends the run."
}

extension ImageSet {
  /// The same set, after a word on the files that are no part of it.
  var announced: ImageSet {
    if passedOver > 0 {
      warn(
        "\(path): \(passedOver) \(passedOver == 1 ? "file is" : "files are") not called as images are, "
          + "and passed over")
    }
    return self
  }

  /// The same set, whose images all can be used: the first that can't ends the run before hours of work.
  func requiringUsable() throws(ImageError) -> ImageSet {
    try check()
    for index in entries.indices { _ = try image(index) }
    return self
  }

  /// The same set without the images that can't be used, which are named and counted.
  func withoutBad() throws(CommandError) -> ImageSet {
    let usable = usable { warn("passed over: \($0)") }
    let count = entries.count - usable.entries.count
    guard !usable.entries.isEmpty else {
      throw CommandError("\(path): none of the images can be used")
    }
    if count > 0 { warn("\(path): \(count) of \(entries.count) images are passed over") }
    return usable
  }
}
