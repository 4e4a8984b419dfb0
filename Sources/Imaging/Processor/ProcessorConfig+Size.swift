extension ProcessorConfig.Size {
  /// Rows and columns of an image of `height` x `width` after the resize; 0 where nothing is left.
  ///
  /// The arithmetic is that of transformers' `get_resize_output_image_size`,
  /// `get_size_with_aspect_ratio` and `get_image_size_for_max_height_width`, step by step: fractions of
  /// a pixel are cut off, except that the shorter side of ``edges(shortest:longest:)`` is rounded to even.
  func resized(height: Int, width: Int) -> (height: Int, width: Int) {
    switch self {
    case .exact(let newHeight, let newWidth):
      return (newHeight, newWidth)
    case .shortestEdge(let edge) where width <= height:
      return (edge * height / width, edge)
    case .shortestEdge(let edge):
      return (edge, edge * width / height)
    case .edges(let shortest, let longest):
      return Self.bounded(height, width, shortest: shortest, longest: longest)
    case .within(let mostRows, let mostColumns):
      let scale = min(
        Double(mostRows) / Double(height), Double(mostColumns) / Double(width))
      return (Int(Double(height) * scale), Int(Double(width) * scale))
    }
  }

  private static func bounded(
    _ height: Int, _ width: Int, shortest: Int, longest: Int
  ) -> (height: Int, width: Int) {
    let (short, long) = (Double(min(height, width)), Double(max(height, width)))
    var (edge, exactEdge) = (shortest, Double(shortest))
    if long / short * exactEdge > Double(longest) {
      exactEdge = Double(longest) * short / long
      edge = Int(exactEdge.rounded(.toNearestOrEven))
    }
    if min(height, width) == edge { return (height, width) }
    return width < height
      ? (Int(exactEdge * Double(height) / Double(width)), edge)
      : (edge, Int(exactEdge * Double(width) / Double(height)))
  }
}
