import Foundation
import OnnxParse
import Testing

@Suite struct WholeFileTests {
  @Test func replacesAFileThroughItsLinkAndKeepsItsPermissions() throws {
    try withFolder { folder in
      let (path, link) = (folder + "/a", folder + "/link")
      try WholeFile.write([1, 2, 3], to: path)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
      try WholeFile.write([4], to: link)
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == path)
      #expect(try Data(contentsOf: URL(filePath: path)) == Data([4]))
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 2)
    }
  }

  @Test func aPipeStaysAPipe() throws {
    try withFolder { folder in
      let path = folder + "/pipe"
      #expect(mkfifo(path, 0o600) == 0)
      // Opened for both directions, so that neither end waits for the other.
      let reader = open(path, O_RDWR)
      defer { close(reader) }
      try WholeFile.write([7, 8, 9], to: path)
      var bytes = [UInt8](repeating: 0, count: 4)
      #expect(read(reader, &bytes, 4) == 3 && bytes == [7, 8, 9, 0])
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      #expect(attributes[.type] as? FileAttributeType != .typeRegular)
    }
  }

  @Test(arguments: [
    ("/dev/full", "No space left on device"), ("/proc/none/x", "No such file or directory"),
    ("/", "not a regular file"),
  ])
  func saysWhyItCannot(path: String, why: String) {
    do {
      try WholeFile.write([1], to: path)
      Issue.record("written")
    } catch {
      #expect("\(error)" == "\(path): can't be written: \(why)")
    }
  }
}
