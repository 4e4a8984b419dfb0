/// `path` at its last slash: the folder with that slash, empty where there is none, and the name.
///
/// By bytes, as the system takes a path apart. For Swift a slash with a combining mark after it, or
/// a prepending one before it, is another character than a slash.
func folderAndName(_ path: String) -> (folder: String, name: String) {
  guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("", path) }
  let start = path.utf8.index(after: slash)
  return (String(Substring(path.utf8[..<start])), String(Substring(path.utf8[start...])))
}

/// The names in `path`, by bytes as in ``folderAndName(_:)``, without empty ones.
func pathNames(_ path: String) -> [String] {
  path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
}
