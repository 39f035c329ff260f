/// A piece of a text: what it is, and which bytes.
package struct Token: Sendable {
  package enum Kind: UInt8, Sendable {
    /// `[A-Za-z_][A-Za-z0-9_.]*`
    case word
    /// A decimal or hexadecimal number with an optional minus sign, `-inf` included; not checked further.
    case number
    /// The bytes between double quotes, escapes not yet read.
    case string
    /// `%` or `@` before a word, digits or a string; the sigil is not among the token's bytes.
    case percentWord, percentNumber, percentString, atWord, atString
    /// `->`
    case arrow
    /// One ASCII character that starts nothing else.
    case punctuation
    /// A string without its closing quote on the same line.
    case unterminatedString
    /// A byte that may stand in strings and comments only.
    case unexpected
    case end
  }

  package let kind: Kind
  /// The byte of a `punctuation` token, else 0.
  package let character: UInt8
  package let start: Int
  package let end: Int
  /// Counted from 1.
  package let line: Int
}

/// Cuts IR text into tokens. White space separates; `//` starts a comment that ends with the line.
package struct Tokenizer: Sendable {
  package let bytes: [UInt8]
  private var position = 0
  private var line = 1

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  package mutating func next() -> Token {
    skipSpace()
    guard position < bytes.count else { return token(.end, from: position) }
    let start = position
    let byte = bytes[position]
    position += 1
    if Tokenizer.isLetter(byte) {
      skipWord()
      return token(.word, from: start)
    }
    if Tokenizer.isDigit(byte) || (byte == UInt8(ascii: "-") && Tokenizer.isWordByte(peek())) {
      skipNumber()
      return token(.number, from: start)
    }
    switch byte {
    case UInt8(ascii: "\""): return string(.string)
    case UInt8(ascii: "%"):
      if Tokenizer.isLetter(peek()) {
        skipWord()
        return token(.percentWord, from: start + 1)
      }
      if Tokenizer.isDigit(peek()) {
        while Tokenizer.isDigit(peek()) { position += 1 }
        return token(.percentNumber, from: start + 1)
      }
      if peek() == UInt8(ascii: "\"") {
        position += 1
        return string(.percentString)
      }
    case UInt8(ascii: "@"):
      if Tokenizer.isLetter(peek()) {
        skipWord()
        return token(.atWord, from: start + 1)
      }
      if peek() == UInt8(ascii: "\"") {
        position += 1
        return string(.atString)
      }
    case UInt8(ascii: "-"):
      if peek() == UInt8(ascii: ">") {
        position += 1
        return token(.arrow, from: start)
      }
    case 0..<0x20, 0x7F...: return token(.unexpected, from: start)
    default: break
    }
    return Token(kind: .punctuation, character: byte, start: start, end: position, line: line)
  }

  private func token(_ kind: Token.Kind, from start: Int) -> Token {
    Token(kind: kind, character: 0, start: start, end: position, line: line)
  }

  /// The next byte, 0 at the end of the text.
  private func peek() -> UInt8 { position < bytes.count ? bytes[position] : 0 }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\n"):
        line += 1
        position += 1
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): position += 1
      case UInt8(ascii: "/") where position + 1 < bytes.count && bytes[position + 1] == UInt8(ascii: "/"):
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
      default: return
      }
    }
  }

  private mutating func skipWord() {
    while Tokenizer.isWordByte(peek()) { position += 1 }
  }

  /// Past a number; a sign belongs to it after the `e` or `p` of an exponent.
  private mutating func skipNumber() {
    while true {
      let byte = peek()
      if Tokenizer.isWordByte(byte) {
        position += 1
      } else if byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") {
        let before = bytes[position - 1] | 0x20
        guard before == UInt8(ascii: "e") || before == UInt8(ascii: "p") else { return }
        position += 1
      } else {
        return
      }
    }
  }

  /// The string whose opening quote was just passed.
  private mutating func string(_ kind: Token.Kind) -> Token {
    let start = position
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        position += 1
        return Token(kind: kind, character: 0, start: start, end: position - 1, line: line)
      case UInt8(ascii: "\n"): return token(.unterminatedString, from: start)
      case UInt8(ascii: "\\") where position + 1 < bytes.count && bytes[position + 1] != UInt8(ascii: "\n"):
        position += 2
      default: position += 1
      }
    }
    return token(.unterminatedString, from: start)
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    let lower = byte | 0x20
    return (lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")) || byte == UInt8(ascii: "_")
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: ".")
  }

  /// `true` if a name is one `word` token.
  package static func isIdentifier(_ name: String) -> Bool {
    guard let first = name.utf8.first, isLetter(first) else { return false }
    return name.utf8.allSatisfy(isWordByte)
  }
}

// MARK: What tokens say

extension Tokenizer {
  /// The bytes of a token as text; for messages and words, invalid UTF-8 is replaced.
  package func text(of token: Token) -> String { String(decoding: bytes[token.start..<token.end], as: UTF8.self) }

  /// `true` if the token's bytes are exactly these.
  package func matches(_ token: Token, _ text: StaticString) -> Bool {
    guard token.end - token.start == text.utf8CodeUnitCount else { return false }
    return text.withUTF8Buffer { $0.elementsEqual(bytes[token.start..<token.end]) }
  }

  /// The decimal integer a token spells, or `nil` if it is none or does not fit.
  package func integer(_ token: Token) -> Int? {
    var position = token.start
    let isNegative = position < token.end && bytes[position] == UInt8(ascii: "-")
    if isNegative { position += 1 }
    guard position < token.end else { return nil }
    var value = 0
    while position < token.end {
      guard Tokenizer.isDigit(bytes[position]) else { return nil }
      let digit = Int(bytes[position] - UInt8(ascii: "0"))
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) =
        isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
      if overflow || carry { return nil }
      value = sum
      position += 1
    }
    return value
  }

  /// The string between the quotes of a token with its escapes read, or what is wrong with it.
  package func string(_ token: Token) throws(Diagnostic) -> String {
    var content: [UInt8] = []
    var position = token.start
    while position < token.end {
      let byte = bytes[position]
      position += 1
      guard byte == UInt8(ascii: "\\"), position < token.end else {
        content.append(byte)
        continue
      }
      let escape = bytes[position]
      position += 1
      switch escape {
      case UInt8(ascii: "n"): content.append(UInt8(ascii: "\n"))
      case UInt8(ascii: "r"): content.append(UInt8(ascii: "\r"))
      case UInt8(ascii: "t"): content.append(UInt8(ascii: "\t"))
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): content.append(escape)
      case UInt8(ascii: "u"): content += try unicodeEscape(&position, token.end)
      default: throw Diagnostic(#"a string may have the escapes \n \r \t \" \\ and \u{…} only"#)
      }
    }
    guard let string = String(validating: content, as: UTF8.self) else {
      throw Diagnostic("a string is not valid UTF-8")
    }
    return string
  }

  private func unicodeEscape(_ position: inout Int, _ end: Int) throws(Diagnostic) -> [UInt8] {
    let rest = bytes[position..<end]
    guard rest.first == UInt8(ascii: "{"), let close = rest.prefix(10).firstIndex(of: UInt8(ascii: "}")),
      rest[(position + 1)..<close].allSatisfy(Tokenizer.isWordByte),
      let code = UInt32(String(decoding: rest[(position + 1)..<close], as: UTF8.self), radix: 16),
      let scalar = Unicode.Scalar(code)
    else { throw Diagnostic(#"'\u' in a string needs a Unicode scalar in braces, as in '\u{7f}'"#) }
    position = close + 1
    return Array(String(Character(scalar)).utf8)
  }
}
