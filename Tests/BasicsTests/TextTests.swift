import Basics
import TestSupport
import Testing

@Suite struct TokenizerTests {
  private func tokens(_ text: String) -> [String] {
    var tokenizer = Tokenizer(Array(text.utf8))
    var found: [String] = []
    while true {
      let token = tokenizer.next()
      if token.kind == .end { return found }
      found.append("\(token.kind) \(tokenizer.text(of: token))")
    }
  }

  @Test func kinds() {
    let text = "a.b_1 -> %x %12 %\"y z\" @f @\"g\" -1.5e-3 -inf 0x1p+3 \"s\\\"t\" = - // rest\n\r\n{"
    #expect(
      tokens(text) == [
        "word a.b_1", "arrow ->", "percentWord x", "percentNumber 12", "percentString y z", "atWord f", "atString g",
        "number -1.5e-3", "number -inf", "number 0x1p+3", "string s\\\"t", "punctuation =", "punctuation -",
        "punctuation {",
      ])
    #expect(
      tokens("\"open\n\u{1} é") == ["unterminatedString open", "unexpected \u{1}", "unexpected �", "unexpected �"])
    #expect(tokens("\"open\\") == ["unterminatedString open\\"])
    #expect(tokens("1-2") == ["number 1", "number -2"])
  }

  @Test func lines() {
    var tokenizer = Tokenizer(Array("a\n// b\n\n c".utf8))
    #expect(tokenizer.next().line == 1)
    #expect(tokenizer.next().line == 4)
    #expect(tokenizer.next().kind == .end)
    #expect(tokenizer.next().kind == .end)
  }

  @Test(arguments: [
    ("0", 0), ("-9223372036854775808", Int.min), ("9223372036854775807", Int.max), ("9223372036854775808", nil),
    ("-9223372036854775809", nil), ("12a", nil), ("1.5", nil), ("007", 7),
  ])
  func integers(_ text: String, _ value: Int?) {
    var tokenizer = Tokenizer(Array(text.utf8))
    let token = tokenizer.next()
    #expect(tokenizer.integer(token) == value)
  }

  @Test(arguments: ["", "plain", "a\"b\\c\n\r\t", "\u{0}\u{7f}\u{1f}", "e\u{301} é 🧮 \u{2028}", "\\u{41}"])
  func stringsReadBack(_ text: String) throws {
    var writer = TextWriter()
    writer.write(quoted: text)
    var tokenizer = Tokenizer(writer.bytes)
    let token = tokenizer.next()
    #expect(token.kind == .string)
    #expect(try Array(tokenizer.string(token).utf8) == Array(text.utf8))
    #expect(tokenizer.next().kind == .end)
  }

  @Test(arguments: ["\\x", "\\u", "\\u{", "\\u{}", "\\u{110000}", "\\u{+1}", "\\u41"])
  func badEscapes(_ text: String) {
    var tokenizer = Tokenizer(Array("\"\(text)\"".utf8))
    let token = tokenizer.next()
    #expect(throws: Diagnostic.self) { try tokenizer.string(token) }
  }
}

@Suite struct TextWriterTests {
  @Test func integers() {
    var writer = TextWriter()
    writer.list([0, 7, -10, .max, .min]) { $0.write($1) }
    #expect(writer.text == "0, 7, -10, 9223372036854775807, -9223372036854775808")
  }

  @Test func indentation() {
    var writer = TextWriter()
    writer.write("a {")
    writer.indentation += 1
    writer.newline()
    writer.write(name: "b")
    writer.write(name: "b c")
    writer.indentation -= 1
    writer.newline()
    writer.write("}")
    #expect(writer.text == "a {\n  b\"b c\"\n}")
  }
}

@Suite struct ScalarTextTests {
  @Test func bitsReadBack() throws {
    var random = SplitMix(seed: 3)
    for dtype in DType.allCases {
      for _ in 0..<300 {
        let bits = random.next()
        let scalar =
          switch dtype {
          case .bool: Scalar(dtype: dtype, bits: bits & 1)
          case .f32, .i32: Scalar(dtype: dtype, bits: bits & 0xFFFF_FFFF)
          case .f64, .i64: Scalar(dtype: dtype, bits: bits)
          }
        #expect(Scalar(text: scalar.description, dtype: dtype) == scalar)
      }
    }
    #expect(Scalar(text: "nan(0x0)", dtype: .f64) == nil)
    #expect(Scalar(text: "-0.0", dtype: .f32) == Scalar(-0.0, as: .f32))
  }
}
