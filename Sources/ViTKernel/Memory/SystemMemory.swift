import Glibc

/// What the system lets this process have.
public enum SystemMemory {
  /// Bytes that the process may use: the least of the machine's memory, the limit of its control
  /// group and that of its address space.
  public static let byteLimit: Int = {
    let machine = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    let limits = [machine > 0 ? machine : nil, addressSpace] + groupFiles.map(number)
    return limits.compactMap(\.self).min() ?? .max
  }()

  /// Version 2 of control groups, and version 1.
  private static let groupFiles = [
    "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes",
  ]

  private static var addressSpace: Int? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else { return nil }
    return Int(exactly: limit.rlim_cur)
  }

  /// The number that a file begins with; nil where there is none, such as for "max".
  private static func number(inFile path: String) -> Int? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var digits = ""
    while case let character = getc(file),
      let digit = Unicode.Scalar(UInt32(bitPattern: character)),
      ("0"..."9").contains(digit)
    { digits.unicodeScalars.append(digit) }
    return Int(digits)
  }
}
