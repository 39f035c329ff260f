/// Compares a text with expectations written as comments, in the manner of LLVM's FileCheck.
///
/// - `CHECK: p`: p matches somewhere after the last match.
/// - `CHECK-NEXT: p`: p matches on the line after that of the last match.
/// - `CHECK-SAME: p`: p matches on the same line as the last match, after it.
/// - `CHECK-NOT: p`: p does not match between the matches before and after it.
/// - `CHECK-DAG: p`: p matches after the last match of another kind; neighbouring ones in any order.
///
/// In a pattern, runs of spaces are equal, `{{r}}` is a regular expression, `[[X:r]]` also captures what it matched,
/// and `[[X]]` is what was captured.
package struct FileCheck {
  package enum Kind: String {
    case plain = ""
    case next = "-NEXT"
    case same = "-SAME"
    case not = "-NOT"
    case dag = "-DAG"
  }

  struct Check {
    var kind: Kind
    var pattern: String
    var line: Int
  }

  let checks: [Check]
  private let prefix: String

  /// The checks that a text holds under a prefix.
  package init(_ text: String, prefix: String = "CHECK") {
    self.prefix = prefix
    var checks: [Check] = []
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      for kind in [Kind.plain, .next, .same, .not, .dag] {
        let marker = prefix + kind.rawValue + ":"
        guard let range = line.range(ofMarker: marker) else { continue }
        let pattern = line[range.upperBound...].trimmed
        checks.append(Check(kind: kind, pattern: pattern, line: number + 1))
      }
    }
    self.checks = checks
  }

  /// What does not hold of `output`; empty if all is well. A text without checks is a failure too.
  package func failures(in output: String) -> [String] {
    if checks.isEmpty { return ["no \(prefix) lines"] }
    var matcher = CheckMatcher(output)
    do {
      var index = 0
      while index < checks.count {
        switch checks[index].kind {
        case .dag:
          let block = checks[index...].prefix { $0.kind == .dag }
          try matcher.matchInAnyOrder(Array(block))
          index += block.count
        case .not:
          matcher.forbidden.append(checks[index])
          index += 1
        default:
          try matcher.match(checks[index])
          index += 1
        }
      }
      try matcher.finish()
      return []
    } catch {
      return ["\(error)"]
    }
  }
}

/// What of `output` does not agree with the CHECK lines of `text`; empty if all is well.
package func fileCheck(_ output: String, against text: String, prefix: String = "CHECK") -> [String] {
  FileCheck(text, prefix: prefix).failures(in: output)
}

struct CheckFailure: Error, CustomStringConvertible {
  var description: String
}

extension Substring {
  /// Where a marker stands that is no part of a longer word.
  fileprivate func range(ofMarker marker: String) -> Range<Substring.Index>? {
    guard let range = self.firstRange(of: marker) else { return nil }
    if range.lowerBound > startIndex {
      let before = self[index(before: range.lowerBound)]
      if before.isLetter || before.isNumber || before == "-" || before == "_" { return nil }
    }
    return range
  }

  var trimmed: String {
    var rest = self
    while rest.first?.isWhitespace == true { rest.removeFirst() }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest)
  }
}
