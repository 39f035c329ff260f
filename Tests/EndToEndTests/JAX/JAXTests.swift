import Basics
import TensorIR
import TensorOps
import Testing
import Transforms

/// Programs and their derivatives against results of JAX, kept as fixtures, which `scripts/jax_fixtures` writes.
///
/// Errors are relative to the largest number of a tensor, unless a fixture says that each number counts for itself.
@Suite struct JAXTests {
  @Test(arguments: Fixture.topics) func agrees(topic: String) throws {
    for fixture in try Fixture.all(in: topic) {
      do {
        try fixture.function.verify()
        try check(fixture)
      } catch {
        Issue.record("\(topic).\(fixture.name): \(error)")
      }
    }
  }

  private func check(_ fixture: Fixture) throws {
    let function = fixture.function
    func expect(_ quantity: Fixture.Quantity, _ found: [ReferenceTensor], by engine: String) {
      if let fault = fixture.fault(quantity, found) {
        Issue.record("\(fixture.name): \(quantity.rawValue) by \(engine): \(fault)")
      }
    }
    guard !fixture.wrt.isEmpty else {
      expect(.value, try Interpreter.evaluate(function, fixture.point), by: "interpreter")
      expect(.value, try machineCode(function, fixture.point), by: "machine code")
      return
    }

    let (results, wrt) = (function.results.count, fixture.wrt)
    let pushed = try Interpreter.evaluate(try function.jvp(wrt: wrt), fixture.point + fixture.tangents)
    expect(.value, Array(pushed[..<results]), by: "interpreter's jvp")
    expect(.jvp, Array(pushed[results...]), by: "interpreter")
    let pullback = try function.vjp(wrt: wrt)
    let pulled = try Interpreter.evaluate(pullback, fixture.point + fixture.cotangents)
    expect(.vjp, Array(pulled[results...]), by: "interpreter")

    // Its results are value, cotangents, and the tangents of both.
    let both = try pullback.jvp(wrt: wrt)
    let inputs = fixture.point + fixture.cotangents + fixture.tangents
    for (engine, found) in [
      ("interpreter", try Interpreter.evaluate(both, inputs)), ("machine code", try machineCode(both, inputs)),
    ] {
      let (first, second) = (results + wrt.count, found.count - wrt.count)
      expect(.value, Array(found[..<results]), by: engine)
      expect(.vjp, Array(found[results..<first]), by: "\(engine)'s second derivative")
      expect(.jvp, Array(found[first..<second]), by: "\(engine)'s second derivative")
      expect(.hvp, Array(found[second...]), by: engine)
    }
    if fixture.expected[.hessian] != nil {
      let hessian = try function.hessian(wrt: wrt)
      expect(.hessian, try Interpreter.evaluate(hessian, fixture.point), by: "interpreter")
      expect(.hessian, try machineCode(hessian, fixture.point), by: "machine code")
    }
  }

  /// As users run it: in tiles, with products contracted.
  private func machineCode(_ function: Function, _ inputs: [ReferenceTensor]) throws -> [ReferenceTensor] {
    let subject = try Subject(function, inputs)
    return try subject.tiled(subject.contracted)
  }
}
