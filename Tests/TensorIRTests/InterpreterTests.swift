import Basics
import TensorIR
import TestSupport
import Testing

@Suite struct InterpreterTests {
  private func run(_ text: String, _ inputs: [ReferenceTensor]) throws -> [ReferenceTensor] {
    try Interpreter.evaluate(Function(parsing: text, file: "t", ops: ToyOp.factory), inputs)
  }

  @Test func values() throws {
    let text = """
      func @f(%x: f32[2], %unused: f32[2]) -> (a: f32[2], b: f32[2], k: i64[2], x: f32[2]) {
        %s = add %x, %x
        %d, %k = parts %s
        %dead = neg %s
        %b = neg %d
        return %d, %b, %k, %x
      }
      """
    let x = ReferenceTensor(floating: [1.25, -3], type: f32x2)
    let results = try run(text, [x, x])
    #expect(results.map(\.doubles) == [[2.5, -6], [-2.5, 6], [2, -6], [1.25, -3]])
  }

  @Test(arguments: [
    ("func @f(%x: f32[2]) -> () { return }", "'f' takes 1 input(s), not 0"),
    ("func @f() -> (y: f32[]) {\n %y = any\n return %y }", "t:2: error: 'any' has no meaning"),
    (
      "func @f() -> (y: f32[1000000000]) {\n %y = make {shape = [1000000000]} return %y }",
      "t:2: unsupported: the interpreter computes no more than"
    ),
  ])
  func failures(_ text: String, _ message: String) {
    #expect {
      try run(text, [])
    } throws: {
      $0 is Diagnostic && "\($0)".contains(message)
    }
  }

  @Test func inputTypes() {
    let wrong = ReferenceTensor(floating: [1, 2], type: TensorType(.f64, [2]))
    #expect {
      try run("func @f(%x: f32[2]) -> () { return }", [wrong])
    } throws: {
      "\($0)".contains("parameter 'x' of 'f' is f32[2], but the input is f64[2]")
    }
  }

  @Test func picture() throws {
    let dot = try everything().dot
    #expect(
      fileCheck(
        dot,
        against: #"""
          CHECK: digraph "all of it" {
          CHECK: v0 [{{.*}}label = "x\nf32[2]"]
          CHECK: i0 [label = "add\nf32[2]"]
          CHECK-NEXT: v2 -> i0 [headlabel = "0", fontsize = 9]
          CHECK: i1 -> i2 [taillabel = "1", fontsize = 9]
          CHECK: label = "any\n
          CHECK-NOT: i4
          CHECK: -> r3
          """#) == [])
  }
}
