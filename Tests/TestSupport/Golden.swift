import Foundation

/// Compares a text with the file `name` under `Tests/Golden/` in the folder of the calling test's target, byte by byte.
/// With `GRADC_BLESS=1` in the environment the file is written instead. Gives what differs, `nil` if nothing does.
package func goldenMismatch(_ actual: String, _ name: String, testFile: String = #filePath) -> String? {
  let target = URL(fileURLWithPath: testFile).deletingLastPathComponent()
  let place = "Golden/\(target.lastPathComponent)/\(name)"
  let file = target.deletingLastPathComponent().appendingPathComponent(place)
  if ProcessInfo.processInfo.environment["GRADC_BLESS"] == "1" {
    do {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(actual.utf8).write(to: file)
      return nil
    } catch {
      return "\(place) can't be written: \(error)"
    }
  }
  guard let data = FileManager.default.contents(atPath: file.path) else {
    return "\(place) is missing; GRADC_BLESS=1 writes it"
  }
  let golden = String(decoding: data, as: UTF8.self)
  if Array(golden.utf8) == Array(actual.utf8) { return nil }
  let before = golden.split(separator: "\n", omittingEmptySubsequences: false)
  let after = actual.split(separator: "\n", omittingEmptySubsequences: false)
  let line = zip(before, after).prefix { $0 == $1 }.count
  func show(_ lines: [Substring]) -> String { line < lines.count ? String(lines[line]) : "(no more lines)" }
  return """
    \(place) differs in line \(line + 1); GRADC_BLESS=1 writes it
      golden: \(show(before))
      actual: \(show(after))
    """
}
