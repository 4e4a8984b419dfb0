import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The files that ``Model/save(to:)`` and its kin are writing and that have no name of their own yet.
///
/// They go by themselves unless the process is ended from outside; a program that catches signals can
/// remove them then.
public enum TemporaryFiles {
  private static let paths = Mutex<Set<String>>([])

  /// Removes all of them; what was being written is lost, and what it was to replace is as it was.
  public static func removeAll() {
    paths.withLock { paths in
      for path in paths { unlink(path) }
      paths = []
    }
  }

  /// Makes a file at `path` that was not there, and gives its descriptor, or -1 and `errno`.
  static func create(_ path: String, mode: mode_t) -> Int32 {
    paths.withLock { paths in
      let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
      if descriptor >= 0 { paths.insert(path) }
      return descriptor
    }
  }

  /// Removes the file at `path`.
  static func remove(_ path: String) {
    paths.withLock { paths in
      unlink(path)
      paths.remove(path)
    }
  }

  /// Gives the file at `path` the name `target`; the result is that of `rename`.
  static func rename(_ path: String, to target: String) -> Int32 {
    paths.withLock { paths in
      let result = moveFile(path, target)
      if result == 0 { paths.remove(path) }
      return result
    }
  }
}

private func moveFile(_ path: String, _ target: String) -> Int32 { rename(path, target) }
