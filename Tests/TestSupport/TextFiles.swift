import Foundation

/// The files ending in `.gir` in a folder next to the calling test, in order of their names.
package func textFiles(in folder: String, testFile: String = #filePath) throws -> [(name: String, text: String)] {
  let place = URL(fileURLWithPath: testFile).deletingLastPathComponent().appendingPathComponent(folder)
  let names = try FileManager.default.contentsOfDirectory(atPath: place.path).filter { $0.hasSuffix(".gir") }
  return try names.sorted().map { name in
    (String(name.dropLast(4)), try String(contentsOf: place.appendingPathComponent(name), encoding: .utf8))
  }
}
