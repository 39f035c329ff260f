import Basics
import TensorIR
import TensorOps
import TestSupport
import Testing

/// The ops of the registry in text, verifier and interpreter.
@Suite struct RegistryTests {
  @Test func examplesReadBackAndRun() throws {
    var random = SplitMix(seed: 5)
    for example in OpRegistry.examples {
      let function = try example.function()
      try function.verify()
      try function.verifyRoundTrip(ops: OpRegistry.make)
      let results = try Interpreter.evaluate(function, example.sampleOperands(&random))
      #expect(results.map(\.type) == function.resultTypes)
    }
  }

  @Test func namesAreKnownOnce() {
    #expect(Set(OpRegistry.names).count == OpRegistry.names.count)
    let withExamples = Set(OpRegistry.examples.map(\.op.name))
    #expect(Set(OpRegistry.names).subtracting(withExamples) == [])
  }

  @Test func textHelpers() {
    let text = """
      func @f(%x: f32[3]) -> (y: f32[3]) {
        %1 = exp %x : f32[3]
        // CHECK: exp %x
        // CHECK-NEXT: neg
        return %1
      }
      """
    let negated = checkRewrite(text) { function in
      let builder = FunctionBuilder()
      let y = builder.emit(ElementwiseOp.exp, builder.parameter("x", TensorType(.f32, [3])))
      return try builder.finish(name: function.name, results: [.init("y", builder.emit(ElementwiseOp.neg, y))])
    }
    #expect(negated == [])
    #expect(checkRewrite(text) { $0 }.count == 1)
    #expect(checkErrors(text) == [])
    let wrong = "func @f(%x: bool[]) -> (y: bool[]) {\n%1 = exp %x // expected-error: not defined on bool\nreturn %1\n}"
    #expect(checkErrors(wrong) == [])
    #expect(checkErrors(wrong.replacing("bool[]", with: "f32[]")).count == 1)
  }

  /// Attributes with numbers replaced: op and shape rules throw, they don't trap.
  @Test func mutatedAttributes() throws {
    let numbers = ["-1", "0", "1", "2", "7", "9223372036854775807", "-9223372036854775808", "4294967296", "3037000500"]
    var random = SplitMix(seed: 6)
    let texts = try OpRegistry.examples.map { try $0.function().description }.filter { $0.contains("{") }
    var parsed = 0
    for round in 0..<4_000 {
      var text = texts[round % texts.count]
      for _ in 0...random.below(2) {
        let body = text.firstIndex(of: "\n") ?? text.startIndex
        let places = text[body...].indices.filter { text[$0].isNumber && !text[text.index(before: $0)].isLetter }
        guard !places.isEmpty else { continue }
        let place = random.pick(places)
        text.replaceSubrange(place...place, with: random.pick(numbers))
      }
      // Written types would only hide what the rule says.
      let bare = text.split(separator: "\n").map { line in
        line.hasPrefix("  %") ? line[..<(line.lastIndex(of: ":") ?? line.endIndex)] : line
      }.joined(separator: "\n")
      guard let module = try? Module(parsing: bare, ops: OpRegistry.make) else { continue }
      parsed += 1
      try module.verify()
    }
    #expect(parsed > 0)
  }
}
