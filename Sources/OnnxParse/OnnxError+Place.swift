extension OnnxError {
  /// The same fault, its place seen from `outer`.
  func within(_ outer: String) -> OnnxError {
    OnnxError(kind, file: file, place: place.map { "\(outer).\($0)" } ?? outer)
  }

  /// The same fault with the file's name, unless it has one.
  func inFile(_ name: String?) -> OnnxError {
    OnnxError(kind, file: file ?? name, place: place)
  }
}

/// Runs `body`; the place of an error that it throws is seen from `place`.
func within<Result>(
  _ place: @autoclosure () -> String, _ body: () throws(OnnxError) -> Result
) throws(OnnxError) -> Result {
  do { return try body() } catch { throw error.within(place()) }
}

/// `node[3] "MatMul_12"`, or `node[3]` where there is no name.
func elementPlace(_ field: String, _ index: Int, _ name: String) -> String {
  name.isEmpty ? "\(field)[\(index)]" : "\(field)[\(index)] \"\(name)\""
}
