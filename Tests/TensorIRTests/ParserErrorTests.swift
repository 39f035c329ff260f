import Basics
import TensorIR
import TestSupport
import Testing

@Suite struct ParserErrorTests {
  /// The mistakes in a text agree with its `expected-error` comments.
  private func check(_ text: String, sourceLocation: Testing.SourceLocation = #_sourceLocation) {
    do {
      let module = try Module(parsing: text, file: "t", ops: ToyOp.factory)
      Issue.record("no errors, but \(module)", sourceLocation: sourceLocation)
    } catch {
      #expect(compareErrors(error.all, expectedIn: text) == [], sourceLocation: sourceLocation)
      #expect(error.all.allSatisfy { $0.kind == .error && $0.location?.file == "t" }, sourceLocation: sourceLocation)
    }
  }

  @Test func severalMistakesAtOnce() {
    check(
      """
      func @f(%x: f32[2], %y: f32[3]) -> (a: f32[2]) {
        %1 = add %x, %nothing // expected-error: there is no value '%nothing'
        %2 = add %x, %y       // expected-error: 'add' of f32[2] and f32[3]
        %3 = frob %x          // expected-error: there is no op 'frob'
        %4 = neg %3
        %5 = neg %x : f32[7]  // expected-error: the type is written f32[7], but 'neg' gives f32[2]
        %6, %7 = neg %x       // expected-error: 'neg' has 1 result(s), not 2
        %x = neg %x           // expected-error: '%x' is defined twice
        %8 = neg %7
        %9 = neg (%x          // expected-error: expected another instruction or 'return', not '('
        %10 = neg %9
        return %10
      }
      func @g() -> (z: f32[]) {
        return %z // expected-error: there is no value '%z'
      }
      """)
  }

  @Test(arguments: [
    "// expected-error: the text holds no function",
    "hello // expected-error: expected 'func', not 'hello'",
    "func @f // expected-error: expected '(', not the end of the text",
    "func @f(x) -> () {} // expected-error: expected a parameter",
    "func @f(%x: f32[-1]) -> () { return } // expected-error: f32[-1] is no type",
    "func @f(%x: f32[4000000000,4000000000]) -> () { return } // expected-error: is no type",
    "func @f(%x: f32[99999999999999999999]) -> () { return } // expected-error: not an integer of 64 bits",
    "func @f(%x: f16[1]) -> () { return } // expected-error: expected a type such as 'f32[2,3]', not 'f16'",
    "func @f(%x: f32[1], %x: f32[1]) -> () { return } // expected-error: '%x' is defined twice",
    "func @f(%99999999999: f32[]) -> () { return } // expected-error: is too large",
    "func @f(%x: f32[]) -> (y: f32[]) { return } // expected-error: 'return' should give 1 result(s), not 0",
    "func @f(%x: f32[]) -> (y: f64[]) { return %x } // expected-error: result 'y' is declared f64[], but is f32[]",
    "func @f() -> () {} // expected-error: ends without 'return'",
    "func @f() -> () { // expected-error: no closing '}'",
    "func @f() -> () { return } func @f() -> () { return } // expected-error: already a function 'f'",
    "func @\"f() -> () { return } // expected-error: a string without its closing quote",
    "func @\"\\q\"() -> () { return } // expected-error: escapes",
    "func @\"\\u{d800}\"() -> () { return } // expected-error: Unicode scalar",
    "func @f() -> () { %1 = any {a = 1, a = 2} // expected-error: 'a' is given twice\n return }",
    "func @f() -> () { %1 = make {shape = 1} return } // expected-error: 'make' needs an attribute 'shape'",
    "func @f() -> () { %1 = make {shape = [-1]} return } // expected-error: 'shape' of 'make' is no shape",
    "func @f() -> () { %1 = any {a = f32[2] dense<1.0>} // expected-error: f32[2] has 2 element(s), not 1\n return }",
    "func @f() -> () { %1 = any {a = i32[1] dense<1.5>} // expected-error: '1.5' is not of i32\n return }",
    "func @f() -> () { %1 = any {a = i32[1] splat<3000000000>} // expected-error: is not of i32\n return }",
    "func @f() -> () { %1 = any {a = f32(nan(0x3f800000))} // expected-error: is not of f32\n return }",
    "func @f() -> () { %1 = any {a = f32[1000000000] splat<1.0>} // expected-error: is too large\n return }",
    "func @f() -> () { %1 = any {a = ?} // expected-error: expected an integer, a list\n return }",
  ])
  func oneMistake(_ text: String) { check(text) }

  @Test func invalidUnicode() {
    let bytes = Array("func @\"".utf8) + [0xFF] + Array("\"() -> () { return }".utf8)
    #expect(throws: Diagnostics.self) { try Module(parsing: bytes, ops: ToyOp.factory) }
    #expect(throws: Diagnostics.self) { try Module(parsing: [0xC3, 0x28], ops: ToyOp.factory) }
  }

  @Test func deepNestingIsRefused() {
    let opening = "func @f() -> () { %1 = any {f = "
    let deep = String(repeating: opening, count: 100_000)
    #expect {
      try Module(parsing: deep, ops: ToyOp.factory)
    } throws: {
      "\($0)".contains("nested more than \(Function.maximumNesting) deep")
    }
  }

  /// Mutations of a valid text parse or throw; what parses verifies and reads back.
  @Test func mutations() throws {
    let seeds = [try everything().description, try chain(4).description].map { Array($0.utf8) }
    let pieces = [
      "%x", "%1", "\"", "{", "}", "(", ")", "[", "]", "<", ">", "=", ":", ",", "return", "func @f(", "f32[2]",
      "99999999999999", "-1", "\n", "//", "\\u{", "nan(0x1)", "\u{0}", "splat<1.0>", "as", "->", "i64[1000000]",
    ].map { Array($0.utf8) }
    var random = SplitMix(seed: 1)
    var parsed = 0
    for round in 0..<3_000 {
      var bytes = seeds[round % seeds.count]
      for _ in 0...random.below(3) {
        let at = random.below(bytes.count)
        switch random.below(5) {
        case 0: bytes[at] = UInt8(random.below(256))
        case 1: bytes.remove(at: at)
        case 2: bytes.insert(contentsOf: pieces[random.below(pieces.count)], at: at)
        case 3: bytes.removeSubrange(at..<min(bytes.count, at + random.below(20)))
        default:
          let from = random.below(bytes.count)
          bytes.insert(contentsOf: bytes[from..<min(bytes.count, from + random.below(40))], at: at)
        }
        if bytes.isEmpty { bytes = [0] }
      }
      let module: Module
      do throws(Diagnostics) {
        module = try Module(parsing: bytes, ops: ToyOp.factory)
      } catch {
        #expect(!error.all.isEmpty, "round \(round)")
        #expect(error.all.allSatisfy { $0.kind == .error && $0.location != nil }, "round \(round): \(error)")
        continue
      }
      parsed += 1
      do {
        try module.verify()
        for function in module.functions { try function.verifyRoundTrip(ops: ToyOp.factory) }
      } catch {
        Issue.record("round \(round): \(error)")
      }
    }
    #expect(parsed > 100)
  }
}
