import OnnxParse
import ViTKernel

/// An input or output of a model: its name, type and what the file says of its shape.
public struct ValueDescription: Sendable, Equatable {
  /// The name.
  public let name: String
  /// Type of the elements.
  public let elementType: ElementType
  /// Dimensions; nil where even the rank is unknown.
  public let dimensions: [Dimension]?
  /// False where the file does not say of which type it is.
  let isTypeDeclared: Bool

  /// The dimensions as numbers, with `fallback` where the file has a symbol or nothing.
  public func shape(replacingSymbolsBy fallback: Int) -> [Int]? {
    dimensions?.map { dimension in
      if case .size(let size) = dimension { return Int(size) }
      return fallback
    }
  }

  /// Such as `[batch_size, 3, 224, 224]`.
  public var shapeText: String {
    guard let dimensions else { return "[?]" }
    let parts = dimensions.map { dimension in
      switch dimension {
      case .size(let size): "\(size)"
      case .symbol(let name): name
      case .unknown: "?"
      }
    }
    return "[" + parts.joined(separator: ", ") + "]"
  }

  /// The dimensions as numbers: `batchSize` where the first is open, 1 where another one is.
  func shape(batchSize: Int, file: String?) throws(EngineError) -> [Int] {
    guard var shape = shape(replacingSymbolsBy: 1) else {
      throw EngineError(.input("the model gives no shape for input \"\(name)\""), file: file)
    }
    if case .size? = dimensions?.first {
      // The model fixes it.
    } else if !shape.isEmpty {
      shape[0] = batchSize
    }
    do {
      return try ShapeRules.checked(shape)
    } catch {
      throw EngineError("input \"\(name)\"", error).in(file: file)
    }
  }

  /// Checks a caller's shape against the file's.
  func check(_ shape: [Int]) throws(EngineError) {
    guard let dimensions else { return }
    let fits =
      shape.count == dimensions.count
      && zip(shape, dimensions).allSatisfy { size, dimension in
        if case .size(let expected) = dimension { return Int64(size) == expected }
        return size >= 0
      }
    guard fits else {
      throw EngineError(
        .input("input \"\(name)\" has shape \(shape); the model takes \(shapeText)"))
    }
  }
}
