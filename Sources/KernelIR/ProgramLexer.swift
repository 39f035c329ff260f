import Basics

/// The parts of the text form of a program.
enum ProgramToken: Equatable {
  /// Letters, digits, `_`, starting with a letter or `_`.
  case word(String)
  /// A quoted name.
  case string(String)
  /// What starts with a digit: `12`, `1.5e-3`, `0x1p3`.
  case number(String)
  /// `%12`.
  case value(Int32)
  /// `#3`.
  case buffer(Int)
  /// One of `{ } [ ] ( ) , : = * + -`.
  case mark(UInt8)
  case end

  var text: String {
    switch self {
    case .word(let text), .number(let text): "“\(text.prefix(40))”"
    case .string: "a quoted name"
    case .value(let number): "“%\(number)”"
    case .buffer(let number): "“#\(number)”"
    case .mark(let byte): "“\(Character(UnicodeScalar(byte)))”"
    case .end: "the end of the text"
    }
  }
}

/// Cuts a text into tokens, one at a time.
struct ProgramLexer {
  let bytes: [UInt8]
  let file: String
  private(set) var position = 0
  private(set) var line = 1

  init(_ text: String, file: String) {
    bytes = Array(text.utf8)
    self.file = file
  }

  func failure(_ message: String) -> Diagnostic {
    Diagnostic(message, at: SourceLocation(file: file, line: line))
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
  private static func isLetter(_ byte: UInt8) -> Bool {
    (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a || byte == UInt8(ascii: "_")
  }

  mutating func next() throws(Diagnostic) -> ProgramToken {
    skipSpace()
    guard position < bytes.count else { return .end }
    let byte = bytes[position]
    let start = position
    if Self.isLetter(byte) {
      while position < bytes.count, Self.isLetter(bytes[position]) || Self.isDigit(bytes[position]) { position += 1 }
      return .word(text(from: start))
    }
    if Self.isDigit(byte) {
      scanNumber()
      return .number(text(from: start))
    }
    switch byte {
    case UInt8(ascii: "\""):
      return .string(try string())
    case UInt8(ascii: "%"), UInt8(ascii: "#"):
      position += 1
      var number = 0
      let digits = position
      while position < bytes.count, Self.isDigit(bytes[position]) {
        number = number * 10 + Int(bytes[position] - 0x30)
        guard number <= Int(Int32.max) else {
          throw failure("the number after “\(Character(UnicodeScalar(byte)))” is too large")
        }
        position += 1
      }
      if position == digits { throw failure("a number is missing after “\(Character(UnicodeScalar(byte)))”") }
      return byte == UInt8(ascii: "%") ? .value(Int32(number)) : .buffer(number)
    case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "("),
      UInt8(ascii: ")"), UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: "*"),
      UInt8(ascii: "+"), UInt8(ascii: "-"):
      position += 1
      return .mark(byte)
    default:
      throw failure("unexpected byte 0x\(String(byte, radix: 16))")
    }
  }

  private func text(from start: Int) -> String { String(decoding: bytes[start..<position], as: UTF8.self) }

  /// Spaces, line ends and `// …`.
  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\n"):
        line += 1
        position += 1
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
        position += 1
      case UInt8(ascii: "/") where position + 1 < bytes.count && bytes[position + 1] == UInt8(ascii: "/"):
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
      default:
        return
      }
    }
  }

  private mutating func scanNumber() {
    while position < bytes.count {
      let byte = bytes[position]
      let previous = bytes[position - (position > 0 ? 1 : 0)] | 0x20
      let isExponentSign =
        (byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+"))
        && (previous == UInt8(ascii: "e") || previous == UInt8(ascii: "p"))
      guard Self.isDigit(byte) || Self.isLetter(byte) || byte == UInt8(ascii: ".") || isExponentSign else { return }
      position += 1
    }
  }

  private mutating func string() throws(Diagnostic) -> String {
    var content: [UInt8] = []
    position += 1
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "\"") { return String(decoding: content, as: UTF8.self) }
      if byte == UInt8(ascii: "\n") { break }
      if byte != UInt8(ascii: "\\") {
        content.append(byte)
        continue
      }
      guard position < bytes.count else { break }
      let escape = bytes[position]
      position += 1
      switch escape {
      case UInt8(ascii: "n"): content.append(UInt8(ascii: "\n"))
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): content.append(escape)
      case UInt8(ascii: "u"): content.append(contentsOf: String(Character(try unicodeEscape())).utf8)
      default: throw failure("unknown escape in a quoted name")
      }
    }
    throw failure("a quoted name has no end on its line")
  }

  /// `{1f600}`.
  private mutating func unicodeEscape() throws(Diagnostic) -> UnicodeScalar {
    var code: UInt32 = 0
    var digits = 0
    if position < bytes.count, bytes[position] == UInt8(ascii: "{") {
      position += 1
      while position < bytes.count, digits < 7, let digit = Character(UnicodeScalar(bytes[position])).hexDigitValue {
        code = code * 16 + UInt32(digit)
        digits += 1
        position += 1
      }
      if digits > 0, position < bytes.count, bytes[position] == UInt8(ascii: "}"), let scalar = UnicodeScalar(code) {
        position += 1
        return scalar
      }
    }
    throw failure("malformed escape, expected \\u{hexadecimal digits}")
  }
}
