import Basics
import TensorIR
import TestSupport
import Testing

@Suite struct TextTests {
  @Test func everythingReadsBack() throws {
    let function = try everything()
    try function.verify()
    try function.verifyRoundTrip(ops: ToyOp.factory)
    let again = try Function(parsing: function.description, ops: ToyOp.factory)
    #expect(again.parameters.map { Array($0.name.utf8) } == function.parameters.map { Array($0.name.utf8) })
    #expect(again.results == function.results)
    #expect(again.description == function.description)
    #expect(goldenMismatch(function.description + "\n", "everything.tir") == nil)
  }

  @Test func layout() throws {
    let text = """
      func @f(%x: f32[2], %"a b": f32[2]) -> (y: f32[2], "the k": i64[2]) {
        %2 = add %x, %"a b" : f32[2]
        %3, %4 = parts %2 : (f32[2], i64[2])
        sink %4 : ()
        %5 = any {body = func @""(%c: f32[]) -> (c: f32[]) {
          return %c
        }} : f32[]
        return %3, %4
      }
      """
    #expect(try Function(parsing: text, ops: ToyOp.factory).description == text)
  }

  @Test func freeFormIsRead() throws {
    let loose = """
      // A comment with "quotes" and \u{1}.
      func(%x:f32[2],)->(y:f32[2],){%q=add %x,%x// types may be left out
      %"r" = neg %q
      %99 = neg %q : f32[2] // the same again
      %s = add %r, %99 return %s}
      """
    let function = try Function(parsing: loose, ops: ToyOp.factory)
    #expect(function.instructions.count == 3)
    #expect(
      fileCheck(
        function.description,
        against: """
          CHECK: func @""(%x: f32[2]) -> (y: f32[2]) {
          CHECK-NEXT: [[Q:%[0-9]+]] = add %x, %x : f32[2]
          CHECK-NEXT: [[R:%[0-9]+]] = neg [[Q]] : f32[2]
          CHECK-NEXT: [[S:%[0-9]+]] = add [[R]], [[R]]
          CHECK-NEXT: return [[S]]
          """) == [])
  }

  @Test func modules() throws {
    let module = Module([try chain(3), try everything()])
    let again = try Module(parsing: module.description, ops: ToyOp.factory)
    #expect(again == module)
    #expect(again.main?.name == "chain")
    #expect(again[name: "all of it"] == module.functions[1])
    #expect(again[name: "nothing"] == nil)
    try module.verify()
    #expect(throws: Diagnostics.self) { try Module([try chain(1), try chain(2)]).verify() }
  }

  @Test func locationsAreLines() throws {
    let text = "func @f(%x: f32[2]) -> (y: f32[2]) {\n\n  %y = neg %x\n  return %y\n}"
    let function = try Function(parsing: text, file: "f.tir", ops: ToyOp.factory)
    #expect(function.location(of: function.instructions[0]) == SourceLocation(file: "f.tir", line: 3))
  }

  @Test func longTextsAreLinear() throws {
    #if DEBUG
      let count = 5_000
    #else
      let count = 1_000_000
    #endif
    let function = try chain(count)
    let clock = ContinuousClock()
    var text = ""
    let printing = clock.measure { text = function.description }
    var again = function
    let parsing = try clock.measure { again = try Function(parsing: text, ops: ToyOp.factory) }
    #expect(again == function)
    let verifying = try clock.measure { try function.verify() }
    print("\(count) instructions: print \(printing), parse \(parsing), verify \(verifying)")
  }
}
