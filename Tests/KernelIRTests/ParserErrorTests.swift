import Basics
import KernelIR
import TestSupport
import Testing

@Suite struct ParserErrorTests {
  /// Parses a kernel body on line 4.
  private func error(body: String) -> Diagnostic? {
    error(
      """
      program p arena 0 {
      buffer x: f32[4] = parameter 0
      kernel k { axis i0 = 4
      \(body) } }
      """)
  }

  private func error(_ text: String) -> Diagnostic? {
    do {
      _ = try Program(parsing: text, file: "f")
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [
    ("%0: f32 = load x[99999999999999999999]", "not a 64-bit integer"),
    ("%0: f32 = load x[9223372036854775807 + 1]", "too large"),
    ("%0: f32 = load x[9223372036854775807*i0 + i0]", "too large"),
    ("%0: f32 = load x[1 - -9223372036854775808]", "too large"),
    ("%99999999999: f32 = load x[0]", "too large"),
    ("%5: f32 = load x[0]", "numbered from %0"),
    ("%0: f32 = load x[0] %0: f32 = load x[0]", "numbered from %0|twice"),
    ("%0: f32 = load x[i99999999999999999999]", "expected an axis"),
    ("%0: f32 = load nowhere[0]", "no buffer nowhere"),
    ("%0: f32 = load #7[0]", "no buffer #7"),
    ("%0: f32 = frobnicate %0", "no operation"),
    ("%0: f32 = constant 1e", "not a constant"),
    ("%0: i32 = constant 2147483648", "not a constant"),
    ("%0: f32 = constant nan(0x7fc000000000)", "not a constant"),
    ("%0: f16 = constant 1", "expected a dtype"),
    ("%0: accumulator f32 = sub", "expected add"),
    ("%0: f32 = add %0", "expected “,”"),
    ("store x[0]", "expected “,”"),
    ("loop j { }", "expected an axis"),
    ("% = 1", "number is missing"),
    ("\u{1}", "unexpected byte"),
    ("\"", "no end"),
    ("loop i0 {", "end of the text"),
    (String(repeating: "loop i0 {", count: 100_000), "nested"),
  ])
  func bodies(_ body: String, _ message: String) throws {
    let diagnostic = try #require(error(body: body))
    #expect(message.split(separator: "|").contains { diagnostic.message.contains($0) }, "\(diagnostic)")
    #expect(diagnostic.location?.line == 4)
    #expect(diagnostic.location?.file == "f")
  }

  @Test(arguments: [
    ("", "expected “program”"),
    ("program p arena 0 { buffer x: f32[9999999999,9999999999] = parameter 0 }", "too many elements"),
    ("program p arena 0 { buffer x: f32[-1] = parameter 0 }", "negative extent"),
    ("program p arena 0 { buffer x: f32[1] = constant [1.0 }", "expected “,”"),
    ("program p arena 0 { } x", "nothing may follow"),
    ("program \"\\q\" arena 0 { }", "escape"),
    ("program \"\\u{d800}\" arena 0 { }", "escape"),
    ("program \"\\u{ffffffffff}\" arena 0 { }", "escape"),
    ("program p arena 0 { gemm f32 m 1 n 1 k 1 batch 1 { } }", "expected “c”"),
    ("program p arena 0 { gemm f32 m 1 n 1 k 1 batch 1 by columns { } }", "expected rows or lanes"),
    ("program p arena 0 { kernel k { %0, %1: f32 = sin %0 } }", "expected sincos"),
    ("program p arena 0 { loop i0 = 3 { } }", "expected a loop"),
    ("program p arena 0 { loop l0 = n limit 3 { } }", "no buffer n"),
    ("program p arena 0 { loop l0 = 3 records a { } }", "no tape a"),
    ("program p arena 0 { tape a: f32[] tape a: f32[] loop l0 = 3 records a { } }", "several tapes"),
    ("program p arena 0 { while l0 { } }", "expected “condition”"),
    ("program p arena 0 { buffer s: i32[] = temporary 0 branch s { kernel k { } } }", "expected “case”"),
    ("program p arena 0 { buffer s: i32[] = slice of s in l0 from 0 step 1 }", "no buffer s"),
    ("program p arena 0 accuracy best { }", "expected “high” or “low”"),
    ("program p arena 0 { loop l0 = 3 { }", "expected a step"),
    (
      "program p arena 0 { buffer s: i32[] = temporary 0 " + String(repeating: "branch s { case {", count: 100_000),
      "nested"
    ),
  ])
  func programs(_ text: String, _ message: String) throws {
    let diagnostic = try #require(error(text))
    #expect(diagnostic.message.contains(message), "\(diagnostic)")
    #expect(diagnostic.location?.line == 1)
  }

  /// Whatever is cut out of a text, the parser answers with a program or a diagnostic.
  @Test(arguments: [everything, everyControlFlow]) func mutilatedTexts(_ text: String) {
    let bytes = Array(text.utf8)
    var generator = SplitMix(seed: 7)
    for _ in 0..<2000 {
      var copy = bytes
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let start = Int.random(in: 0..<copy.count, using: &generator)
        let end = min(copy.count, start + Int.random(in: 1...6, using: &generator))
        let other = Int.random(in: 0..<copy.count - 8, using: &generator)
        if Bool.random(using: &generator) {
          copy.removeSubrange(start..<end)
        } else {
          copy.replaceSubrange(start..<end, with: Array(bytes[other..<other + 6]))
        }
      }
      if let program = try? Program(parsing: String(decoding: copy, as: UTF8.self)) { try? program.verify() }
    }
  }
}
