import Foundation
import OnnxParse
import ViTEngine
import ViTKernel

/// The formats that tensors are read from and written to, told apart by the file's extension.
public enum TensorFile: String, Sendable, CaseIterable {
  /// NumPy's format.
  case npy
  /// An encoded `TensorProto`, as ONNX's test directories hold them.
  case pb

  /// The format of the file at `path`; nil where its extension is none of these.
  public init?(path: String) {
    self.init(rawValue: URL(filePath: path).pathExtension.lowercased())
  }

  /// Reads the tensor in the file at `path`.
  ///
  /// - Throws: ``TensorFileError`` where the file can't be read or does not hold a tensor of a type
  ///   that the engine has.
  public static func read(_ path: String) throws(TensorFileError) -> Tensor {
    switch try format(of: path) {
    case .npy: return try Npy.decode(bytes(path), file: path)
    case .pb:
      return try tensor(proto(path), path)
    }
  }

  /// Writes `tensor` to the file at `path`; a `.pb` keeps `name` as well.
  ///
  /// - Throws: ``TensorFileError`` where the file can't be written.
  public static func write(
    _ tensor: Tensor, name: String, to path: String
  ) throws(TensorFileError) {
    let format = try format(of: path)
    do throws(OnnxError) {
      switch format {
      case .npy: try WholeFile.write(Array(Npy.encode(tensor)), to: path)
      case .pb: try TensorProto(name: name, tensor).save(to: path)
      }
    } catch {
      throw TensorFileError(file: path, reason: error.withoutFile)
    }
  }

  private static func proto(_ path: String) throws(TensorFileError) -> TensorProto {
    do {
      return try TensorProto.load(path: path)
    } catch {
      throw TensorFileError(file: path, reason: error.withoutFile)
    }
  }

  private static func tensor(
    _ proto: TensorProto, _ path: String
  ) throws(TensorFileError) -> Tensor {
    do {
      return try Tensor(proto, place: path)
    } catch {
      // The place is the file, which the error to be thrown names by itself.
      throw TensorFileError(file: path, reason: EngineError(error.kind).description)
    }
  }

  private static func format(of path: String) throws(TensorFileError) -> TensorFile {
    guard let format = TensorFile(path: path) else {
      throw TensorFileError(
        file: path, reason: "not a tensor file: the name must end in .npy or .pb")
    }
    return format
  }

  private static func bytes(_ path: String) throws(TensorFileError) -> [UInt8] {
    do {
      return [UInt8](try Data(contentsOf: URL(filePath: path)))
    } catch {
      throw TensorFileError(file: path, reason: "can't be read: \(error.localizedDescription)")
    }
  }
}

extension TensorProto {
  /// The tensor as a file holds it, under `name`.
  public init(name: String, _ tensor: Tensor) {
    self.init(
      name: name, dims: tensor.shape.map(Int64.init), dataType: tensor.elementType.onnx,
      payload: .raw(Bytes(tensor.packedBytes)))
  }
}

extension OnnxError {
  fileprivate var withoutFile: String { OnnxError(kind, place: place).description }
}
