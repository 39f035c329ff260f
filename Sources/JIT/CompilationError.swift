/// What a C compiler said about C that GradC emitted, with the line it spoke of. Always a bug of GradC or of a
/// custom op's C.
package struct CompilationError: Error, Hashable, Sendable {
  /// The compiler's message without file and line.
  package let message: String
  /// The line of C, counted from 1, if the message has one.
  package let line: Int?
  /// The text of that line, without indentation.
  package let lineText: String
  /// The nearest comment at or above that line that starts with `/* @ `: the IR op the statement came from.
  package let origin: String?

  package init(message: String, line: Int? = nil, lineText: String = "", origin: String? = nil) {
    self.message = message
    self.line = line
    self.lineText = lineText
    self.origin = origin
  }
}

extension CompilationError: CustomStringConvertible {
  package var description: String {
    var text = message
    if let line { text += "\n  C line \(line): \(lineText)" }
    if let origin { text += "\n  from: \(origin)" }
    return text
  }
}

extension CompilationError {
  /// The error for the first message of `log`, one message a line, about `source`.
  init(log: String, source: [UInt8]) {
    // Of "In file included from <string>:12:" only the following line says what is wrong.
    let lines = log.split(separator: "\n").drop { $0.hasPrefix("In file included from") }
    var text = lines.first ?? "unknown error"
    var line: Int?
    if text.hasPrefix("<string>:") {
      let rest = text.dropFirst("<string>:".count)
      let digits = rest.prefix { $0.isNumber }
      line = Int(digits)
      text = rest.dropFirst(digits.count + 2)
    } else if text.hasPrefix("tcc: ") {
      text = text.dropFirst("tcc: ".count)
    }
    for label in ["error: ", "warning: "] where text.hasPrefix(label) { text = text.dropFirst(label.count) }
    guard let line else {
      self.init(message: String(text))
      return
    }
    let (lineText, origin) = source.withUnsafeBufferPointer { place(ofLine: line, in: $0) }
    self.init(message: String(text), line: line, lineText: lineText, origin: origin)
  }
}

/// The text of a line of C and the last origin comment that starts at or before it.
private func place(ofLine wanted: Int, in source: UnsafeBufferPointer<UInt8>) -> (text: String, origin: String?) {
  let mark = Array("/* @ ".utf8)
  let newline = UInt8(ascii: "\n")
  let space = UInt8(ascii: " ")
  var origin: Range<Int>?
  var current = 0..<0
  var start = 0
  var line = 1
  while line <= wanted, start <= source.count {
    let end = source[start...].firstIndex(of: newline) ?? source.count
    let first = source[start..<end].firstIndex { $0 != space } ?? end
    current = first..<end
    if source[current].starts(with: mark) { origin = current }
    start = end + 1
    line += 1
  }
  let originText = origin.map { range in
    // It may go on over a few lines.
    let start = range.lowerBound + mark.count
    let text = String(decoding: source[start..<min(start + 4096, source.count)], as: UTF8.self)
    return text.prefix(upTo: text.index(of: "*/")).split(separator: "\n")
      .map { $0.trimmingPrefix(" *").trimmingPrefix(" ") }.joined(separator: " ").trimmingTrailingSpaces()
  }
  // A line libtcc could not read may be the whole source.
  return (String(decoding: source[current].prefix(400), as: UTF8.self), originText)
}

extension StringProtocol {
  /// Where `mark` first occurs, or the end.
  fileprivate func index(of mark: String) -> Index {
    var index = startIndex
    while index != endIndex {
      if self[index...].hasPrefix(mark) { return index }
      index = self.index(after: index)
    }
    return endIndex
  }
}

extension String {
  fileprivate func trimmingTrailingSpaces() -> String {
    var copy = self
    while copy.last == " " { copy.removeLast() }
    return copy
  }
}
