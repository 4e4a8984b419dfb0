import OnnxParse
import Quant
import ViTEngine
import ViTKernel

/// Why a node can't be probed.
public enum NodeProbeError: Error, Sendable {
  /// The node is none that is quantized; `reason` is the quantizer's.
  case unsuitable(node: String, reason: String)
  /// The tensors that it was given are not what it reads.
  case input(node: String, reason: String)
  /// The quantizer's own error.
  case quantization(QuantizationError)
  /// A constant can't be read.
  case model(OnnxError)
  /// The engine's error on the node.
  case engine(EngineError)
  /// A kernel's error on the node.
  case kernel(node: String, KernelError)
}

extension NodeProbeError: CustomStringConvertible {
  /// One line.
  public var description: String {
    switch self {
    case .unsuitable(let node, let reason): "node \"\(node)\" is not quantized: \(reason)"
    case .input(let node, let reason): "node \"\(node)\": \(reason)"
    case .quantization(let error): error.description
    case .model(let error): error.description
    case .engine(let error): error.description
    case .kernel(let node, let error): "node \"\(node)\": \(error)"
    }
  }
}
