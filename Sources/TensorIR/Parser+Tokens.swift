import Basics

// Small steps over tokens, and messages with their place.
extension Parser {
  mutating func advance() { token = tokenizer.next() }

  /// To the first token of a later line.
  mutating func skipLine() {
    let line = token.line
    while token.kind != .end, token.line == line { advance() }
  }

  func isWord(_ word: StaticString) -> Bool { token.kind == .word && tokenizer.matches(token, word) }

  func isPunctuation(_ character: Unicode.Scalar) -> Bool {
    token.kind == .punctuation && token.character == UInt8(ascii: character)
  }

  mutating func expect(_ character: Unicode.Scalar) throws(Diagnostic) {
    guard isPunctuation(character) else { throw expected("'\(character)'") }
    advance()
  }

  mutating func expectWord(_ word: StaticString) throws(Diagnostic) {
    guard isWord(word) else { throw expected("'\(word)'") }
    advance()
  }

  /// The name that a word or a string spells.
  func nameText(_ token: Token) throws(Diagnostic) -> String {
    switch token.kind {
    case .string, .percentString, .atString:
      do { return try tokenizer.string(token) } catch { throw error.located(at: place(of: token)) }
    default: return tokenizer.text(of: token)
    }
  }

  func place(of token: Token) -> SourceLocation { SourceLocation(file: file, line: token.line) }

  func error(_ message: String, at token: Token) -> Diagnostic { Diagnostic(message, at: place(of: token)) }

  mutating func record(_ message: String, at token: Token) { diagnostics.append(error(message, at: token)) }

  /// That something else should stand here.
  func expected(_ what: String) -> Diagnostic {
    let found =
      switch token.kind {
      case .end: "the end of the text"
      case .unterminatedString: "a string without its closing quote"
      case .unexpected: "a byte that may stand in strings and comments only"
      case .string: "a string"
      case .percentWord, .percentNumber, .percentString: "'%\(shortText)'"
      case .atWord, .atString: "'@\(shortText)'"
      default: "'\(shortText)'"
      }
    return error("expected \(what), not \(found)", at: token)
  }

  private var shortText: String {
    let text = tokenizer.text(of: token)
    return text.count <= 40 ? text : text.prefix(40) + "…"
  }
}
