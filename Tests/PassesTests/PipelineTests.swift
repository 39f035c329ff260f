import Basics
import Passes
import TensorIR
import TensorOps
import TestSupport
import Testing

@Suite struct PipelineTests {
  private func function(_ text: String) throws -> Function {
    try #require(try Module(parsing: text, ops: OpRegistry.make).main)
  }

  private let simple = """
    func @f(%x: f32[4]) -> (y: f32[4]) {
      %1 = exp %x : f32[4]
      return %1
    }
    """

  @Test(arguments: Passes.all.map(\.name))
  func aPassWithNothingToDoSaysSo(_ name: String) throws {
    let pass = try #require(Passes.named(name))
    #expect(try pass.run(try function(simple)) == nil)
  }

  @Test func passesAreFoundByName() {
    #expect(Set(Passes.all.map(\.name)).count == Passes.all.count)
    for pass in Passes.all { #expect(Passes.named(pass.name)?.summary == pass.summary) }
    #expect(Passes.named("no such pass") == nil)
    for pass in Pipelines.standard.passes { #expect(Passes.named(pass.name) != nil) }
  }

  @Test func everyPassIsReportedWithItsFunctionAndTime() throws {
    let given = try function(
      """
      func @f(%x: f32[4]) -> (y: f32[4]) {
        %1 = exp %x : f32[4]
        %2 = neg %1 : f32[4]
        %3 = neg %2 : f32[4]
        return %3
      }
      """)
    var events: [Pipeline.Event] = []
    let clock = ContinuousClock()
    let start = clock.now
    let result = try Pipeline([Passes.deadCode, Passes.algebra, Passes.deadCode]).run(given) { events.append($0) }
    let total = clock.now - start
    #expect(events.map(\.pass.name) == ["dce", "algebra", "dce"])
    #expect(events.map(\.isChanged) == [false, true, true])
    #expect(events.map(\.function.instructions.count) == [3, 2, 1])
    #expect(events[0].function == given)
    #expect(events[2].function == result)
    #expect(events.allSatisfy { $0.duration >= .zero })
    #expect(events.reduce(.zero) { $0 + $1.duration } <= total)
  }

  @Test func aPassThatBreaksAFunctionIsNamed() throws {
    // The returned function uses a value before its definition.
    let broken = Pass("break", "turns instructions round") { (function) throws(Diagnostics) in
      function.keepingInstructions { first, _ in first != 1 }
    }
    let given = try function(
      """
      func @f(%x: f32[4]) -> (y: f32[4]) {
        %1 = exp %x : f32[4]
        %2 = neg %1 : f32[4]
        return %2
      }
      """)
    #expect {
      try Pipeline([Passes.deadCode, broken]).run(given, verify: true)
    } throws: { error in
      guard let found = error as? Diagnostics else { return false }
      return found.all[0].message == "'f' is not valid after pass 'break'" && found.all.count > 1
        && found.all.allSatisfy { $0.kind == .bug }
    }
  }

  @Test func whatAPassThrowsComesThrough() throws {
    let failing = Pass("fail", "fails") { (_) throws(Diagnostics) in throw Diagnostics([Diagnostic("no way")]) }
    let given = try function(simple)
    #expect(throws: Diagnostics.self) { try Pipeline([failing]).run(given) }
  }

  /// Standard passes once more find next to nothing to do: one walk reaches nearly all.
  @Test func theStandardPipelineSettles() throws {
    for seed in fuzzSeeds(60) {
      let random = try RandomFunction(seed: seed, .init(.moderate))
      var current = try Pipelines.standard.run(random.function)
      var rounds = 0
      while rounds < 4 {
        let next = try Pipelines.standard.run(current)
        if next == current { break }
        #expect(next.instructions.count <= current.instructions.count, "seed \(seed)\n\(current)\nbecame\n\(next)")
        current = next
        rounds += 1
      }
      #expect(rounds < 4, "seed \(seed) does not settle:\n\(random.function)")
    }
  }
}
