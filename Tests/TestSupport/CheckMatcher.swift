/// Goes through an output with checks. Holds lines with runs of spaces made one, and what was captured.
struct CheckMatcher {
  private let text: String
  private var position: String.Index
  private var captures: [String: String] = [:]
  var forbidden: [FileCheck.Check] = []

  init(_ output: String) {
    text = output.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.split(whereSeparator: { $0 == " " || $0 == "\t" }).joined(separator: " ") }
      .joined(separator: "\n")
    position = text.startIndex
  }

  /// A check of kind plain, next or same.
  mutating func match(_ check: FileCheck.Check) throws {
    var range = position..<text.endIndex
    if check.kind == .next {
      guard let lineEnd = text[range].firstIndex(of: "\n") else {
        throw failure(check, "there is no next line")
      }
      let start = text.index(after: lineEnd)
      range = start..<(text[start...].firstIndex(of: "\n") ?? text.endIndex)
    } else if check.kind == .same {
      range = position..<(text[position...].firstIndex(of: "\n") ?? text.endIndex)
    }
    guard let found = try search(check, in: range) else { throw failure(check, "is not found") }
    try verifyForbidden(before: found.lowerBound)
    position = found.upperBound
  }

  /// A block of DAG checks, none of whose matches overlap.
  mutating func matchInAnyOrder(_ checks: [FileCheck.Check]) throws {
    var taken: [Range<String.Index>] = []
    for check in checks {
      var start = position
      while true {
        guard let found = try search(check, in: start..<text.endIndex) else { throw failure(check, "is not found") }
        guard let clash = taken.first(where: { $0.overlaps(found) }) else {
          taken.append(found)
          break
        }
        start = clash.upperBound
      }
    }
    try verifyForbidden(before: taken.map(\.lowerBound).min() ?? position)
    position = taken.map(\.upperBound).max() ?? position
  }

  mutating func finish() throws { try verifyForbidden(before: text.endIndex) }

  private mutating func verifyForbidden(before end: String.Index) throws {
    guard position <= end else { return }
    for check in forbidden where try search(check, in: position..<end) != nil {
      throw failure(check, "is found")
    }
    forbidden = []
  }

  private func failure(_ check: FileCheck.Check, _ what: String) -> CheckFailure {
    let rest = text[position...].split(separator: "\n").prefix(12).joined(separator: "\n")
    let known = captures.sorted { $0.key < $1.key }.map { " with \($0.key) = \($0.value)" }.joined(separator: ",")
    return CheckFailure(
      description:
        "CHECK\(check.kind.rawValue) in line \(check.line) \(what): \(check.pattern)\(known)\nafter the last match:\n\(rest)"
    )
  }

  // MARK: Patterns

  private mutating func search(
    _ check: FileCheck.Check, in range: Range<String.Index>
  ) throws -> Range<String.Index>? {
    var names: [String] = []
    let source = try regularExpression(check, &names)
    let regex: Regex<AnyRegexOutput>
    do { regex = try Regex(source) } catch { throw failure(check, "is no pattern (\(error))") }
    guard let match = try regex.firstMatch(in: text[range]) else { return nil }
    if check.kind != .not {
      for name in names { captures[name] = match.output[name]?.substring.map(String.init) ?? "" }
    }
    return match.range
  }

  /// The pattern as a regular expression; `names` gets those it captures.
  private func regularExpression(_ check: FileCheck.Check, _ names: inout [String]) throws -> String {
    var result = ""
    var rest = Substring(
      check.pattern.split(whereSeparator: { $0 == " " || $0 == "\t" }).joined(separator: " "))
    while !rest.isEmpty {
      if rest.hasPrefix("{{"), let end = rest.firstRange(of: "}}") {
        result += "(?:" + rest[rest.index(rest.startIndex, offsetBy: 2)..<end.lowerBound] + ")"
        rest = rest[end.upperBound...]
      } else if rest.hasPrefix("[["), !rest.hasPrefix("[[["), let end = rest.captureEnd {
        let inside = rest.dropFirst(2)[..<end.lowerBound]
        if let colon = inside.firstIndex(of: ":") {
          let name = String(inside[..<colon])
          result += "(?<\(name)>" + inside[inside.index(after: colon)...] + ")"
          names.append(name)
        } else if names.contains(String(inside)) {
          result += "\\k<\(inside)>"
        } else if let value = captures[String(inside)] {
          result += CheckMatcher.escape(value)
        } else {
          throw failure(check, "uses [[\(inside)]], which is not captured")
        }
        rest = rest[end.upperBound...]
      } else {
        result += CheckMatcher.escape(String(rest.removeFirst()))
      }
    }
    // A captured number is not the start of a longer one.
    return result.last == ">" && result.contains("\\k<") ? result + "(?![0-9])" : result
  }

  private static func escape(_ text: String) -> String {
    text.map { "\\^$.|?*+()[]{}/".contains($0) ? "\\\($0)" : String($0) }.joined()
  }
}

extension Substring {
  /// The `]]` that closes the `[[` at the start, brackets between them being balanced.
  fileprivate var captureEnd: Range<Index>? {
    var depth = 0
    var position = index(startIndex, offsetBy: 2)
    while position < endIndex {
      let next = index(after: position)
      switch self[position] {
      case "[": depth += 1
      case "]" where depth > 0: depth -= 1
      case "]": return next < endIndex && self[next] == "]" ? position..<index(after: next) : nil
      default: break
      }
      position = next
    }
    return nil
  }
}
