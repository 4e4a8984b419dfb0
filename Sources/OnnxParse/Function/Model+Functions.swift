extension Model {
  /// Replaces each node that calls a function of the model's own by the function's body, until none
  /// is left, and drops the functions.
  ///
  /// A body's values and nodes get the caller's name before their own. Attributes that refer to the
  /// caller's get its value, or the function's default, or are left out (ONNX, `FunctionProto`).
  ///
  /// - Throws: ``OnnxError`` where a function calls itself, is called with too many values, uses
  ///   another version of an operator set than the model, or all together would be too many nodes.
  public mutating func inlineFunctions() throws(OnnxError) {
    guard !functions.isEmpty else { return }
    do throws(OnnxError) {
      var inliner = FunctionInliner(self)
      try within("graph") { () throws(OnnxError) in try inliner.inline(&graph) }
      opsetImports = inliner.opsetImports
    } catch {
      throw error.inFile(file)
    }
    functions = []
  }
}
