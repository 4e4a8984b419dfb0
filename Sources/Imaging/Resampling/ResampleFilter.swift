import Foundation

/// How an image is resampled; the raw value is Pillow's `Image.Resampling`.
public enum ResampleFilter: Int, Codable, Sendable, CaseIterable {
  /// The nearest pixel.
  case nearest = 0
  /// A sinc windowed by a sinc over 3 lobes on each side.
  case lanczos = 1
  /// A triangle.
  case bilinear = 2
  /// Keys' cubic with a = -0.5.
  case bicubic = 3
  /// The mean of the pixels that a new one covers.
  case box = 4
  /// A sinc windowed by Hamming's cosine.
  case hamming = 5

  /// Half the width of the kernel in pixels of the smaller scale; 0 for ``nearest``, which has no
  /// kernel.
  var support: Double {
    switch self {
    case .nearest: 0
    case .box: 0.5
    case .bilinear, .hamming: 1
    case .bicubic: 2
    case .lanczos: 3
    }
  }

  /// The kernel's weight at a distance of `x`, before normalisation.
  func weight(_ x: Double) -> Double {
    switch self {
    case .nearest: 0
    case .box: x > -0.5 && x <= 0.5 ? 1 : 0
    case .bilinear: max(0, 1 - abs(x))
    case .hamming: Self.hamming(abs(x))
    case .bicubic: Self.bicubic(abs(x))
    case .lanczos: x >= -3 && x < 3 ? Self.sinc(x) * Self.sinc(x / 3) : 0
    }
  }

  private static func sinc(_ x: Double) -> Double {
    x == 0 ? 1 : sin(x * .pi) / (x * .pi)
  }

  /// The constants are floats, as in Pillow.
  private static func hamming(_ x: Double) -> Double {
    if x == 0 { return 1 }
    let (mean, swing) = (Double(Float(0.54)), Double(Float(0.46)))
    return x < 1 ? sinc(x) * (mean + swing * cos(x * .pi)) : 0
  }

  private static func bicubic(_ x: Double) -> Double {
    let a = -0.5
    if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
  }
}
