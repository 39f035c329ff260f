package import Basics

/// Compares thrown diagnostics with `// expected-error: part of the message` comments, each on the line at fault
/// (several on a line are separated by `expected-error:` again). Gives what does not agree; empty if all is well.
package func compareErrors(_ diagnostics: [Diagnostic], expectedIn text: String) -> [String] {
  var expected: [(line: Int, message: String)] = []
  for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
    for part in line.split(separator: "expected-error:", omittingEmptySubsequences: false).dropFirst() {
      expected.append((number + 1, part.trimmed))
    }
  }
  var failures: [String] = []
  for diagnostic in diagnostics {
    let index = expected.firstIndex {
      $0.line == diagnostic.location?.line && diagnostic.message.contains($0.message)
    }
    if let index {
      expected.remove(at: index)
    } else {
      failures.append("unexpected: \(diagnostic)")
    }
  }
  return failures + expected.map { "missing in line \($0.line): \($0.message)" }
}
