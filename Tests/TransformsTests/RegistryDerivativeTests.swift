import Basics
import TensorIR
import TensorOps
import TestSupport
import Testing
import Transforms

/// Every registered op, both modes, twice, against central differences.
@Suite struct RegistryDerivativeTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let example: OpExample
    let wrt: [Int]
    /// The result that is differentiated.
    let result: Int
    var testDescription: String {
      "\(example.op.name) \(example.op.attributes.map(\.value)) \(example.operands) result \(result)"
    }
  }

  static let cases: [Case] = OpRegistry.examples.flatMap { example -> [Case] in
    let wrt = example.operands.indices.filter { example.operands[$0].dtype == .f64 }
    guard example.isSmooth, !wrt.isEmpty, let results = try? example.op.resultTypes(example.operands) else { return [] }
    return results.indices.filter { results[$0].dtype == .f64 }.map { Case(example: example, wrt: wrt, result: $0) }
  }

  private func function(_ test: Case) throws -> Function {
    let builder = FunctionBuilder()
    let x = test.example.operands.enumerated().map { builder.parameter("x\($0.offset)", $0.element) }
    let y = builder.emit(test.example.op, x)
    return try builder.finish(name: test.example.op.name, results: [.init("y", y[test.result])])
  }

  private var random = SplitMix(seed: 19)
  private mutating func sample(_ type: TensorType, _ domain: OpExample.Domain) -> ReferenceTensor {
    .sample(type, from: domain, &random)
  }

  /// `J v` of a function in the parameters `wrt`, by fourth-order differences.
  private func difference(
    _ function: Function, _ x: [ReferenceTensor], _ wrt: [Int], _ v: [ReferenceTensor]
  ) throws -> [[Double]] {
    func at(_ step: Double) throws -> [[Double]] {
      var moved = x
      for (index, direction) in zip(wrt, v) {
        moved[index] = ReferenceTensor(
          floating: zip(x[index].doubles, direction.doubles).map { $0 + step * $1 }, type: x[index].type)
      }
      return try Interpreter.evaluate(function, moved).map(\.doubles)
    }
    let h = 1e-3
    let (a, b, c, d) = (try at(h), try at(-h), try at(2 * h), try at(-2 * h))
    return a.indices.map { k in
      a[k].indices.map { (8 * (a[k][$0] - b[k][$0]) - (c[k][$0] - d[k][$0])) / (12 * h) }
    }
  }

  private func close(_ a: [Double], _ b: [Double], _ tolerance: Double) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($0), abs($1)) }
  }

  @Test(arguments: cases)
  func bothModesTwice(_ test: Case) throws {
    var this = self
    let f = try function(test)
    let x = zip(test.example.operands, test.example.domains).map { this.sample($0, $1) }
    let v = test.wrt.map { this.sample(test.example.operands[$0], .range(-1...1)) }
    let c = this.sample(f.resultTypes[0], .range(-1...1))
    // Once.
    let pushed = try Interpreter.evaluate(f.jvp(wrt: test.wrt), x + v)
    #expect(close(pushed[1].doubles, try difference(f, x, test.wrt, v)[0], 1e-8), "jvp")
    let vjp = try f.vjp(wrt: test.wrt)
    let pulled = try Interpreter.evaluate(vjp, x + [c]).dropFirst()
    func dot(_ a: [ReferenceTensor], _ b: [ReferenceTensor]) -> Double {
      zip(a, b).reduce(0) { $0 + zip($1.0.doubles, $1.1.doubles).reduce(0) { $0 + $1.0 * $1.1 } }
    }
    #expect(close([dot([c], [pushed[1]])], [dot(Array(pulled), v)], 1e-10), "vjp")
    // Twice: the derivative of the vjp, its cotangent included.
    let seed = test.example.operands.count
    let u =
      test.wrt.map { this.sample(test.example.operands[$0], .range(-1...1)) } + [
        this.sample(f.resultTypes[0], .range(-1...1))
      ]
    let gradient = vjp.keepingResults(from: 1)
    let wrt = test.wrt + [seed]
    let second = try Interpreter.evaluate(gradient.jvp(wrt: wrt), x + [c] + u).dropFirst(gradient.results.count)
    let expected = try difference(gradient, x + [c], wrt, u)
    for (found, due) in zip(second, expected) { #expect(close(found.doubles, due, 1e-7), "forward over reverse") }
    let w = gradient.resultTypes.map { this.sample($0, .range(-1...1)) }
    let twice = try Interpreter.evaluate(gradient.vjp(wrt: wrt), x + [c] + w).dropFirst(gradient.results.count)
    #expect(close([dot(Array(twice), u)], [dot(w, Array(second))], 1e-9), "reverse over reverse")
    let forward = try f.jvp(wrt: test.wrt)
    let tangents = x.count..<x.count + v.count
    let again = try Interpreter.evaluate(forward.jvp(wrt: test.wrt + tangents), x + v + u.dropLast() + v)
    let due = try difference(forward, x + v, test.wrt + tangents, u.dropLast() + v)
    #expect(close(again[3].doubles, due[1], 1e-7), "forward over forward")
  }

  @Test(arguments: cases)
  func vmappedDerivatives(_ test: Case) throws {
    var this = self
    let f = try function(test).vjp(wrt: test.wrt)
    let types = f.parameterTypes
    let domains = test.example.domains + [.range(-1...1)]
    let rows = (0..<3).map { _ in zip(types, domains).map { this.sample($0, $1) } }
    let stacked = types.indices.map { index in
      ReferenceTensor(
        scalars: rows.flatMap { $0[index].scalars }, type: types[index].with(types[index].shape.inserting(3, at: 0)))
    }
    let batched = try f.vmap(batched: types.map { _ in true }, size: 3)
    let found = try Interpreter.evaluate(batched, stacked)
    let looped = try rows.map { try Interpreter.evaluate(f, $0) }
    for (index, result) in found.enumerated() {
      #expect(close(result.doubles, looped.flatMap { $0[index].doubles }, 1e-12), "result \(index)")
    }
  }
}
