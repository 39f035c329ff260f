import Basics
import Foundation
import KernelIR
import Passes
import TensorIR
import TensorOps
import TestSupport
import Testing

/// Loops whose value is needed before the stage that runs over their steps again.
@Suite struct RecordedLoopTests {
  /// `x ← k x + 1` while `x < bound`; from the square of the last x back over the steps, `c ← c sin(x) + k`. The loop that
  /// records begins at `start` and adds `added`.
  private func text(start: String = "%x", added: Double = 1, bound: Double = 100) -> String {
    """
    func @value_first(%x: f64[], %k: f64[]) -> (value: f64[], slope: f64[], again: f64[]) {
      %2 = while %x, %k {condition = func @small(%x: f64[], %k: f64[]) -> (runs: bool[]) {
        %2 = constant {value = f64[] splat<100.0>} : f64[]
        %3 = lt %x, %2 : bool[]
        return %3
      }, carries = [1], reversed = [0], body0 = func @step(%x: f64[], %k: f64[]) -> (x: f64[]) {
        %2 = mul %x, %k : f64[]
        %3 = constant {value = f64[] splat<1.0>} : f64[]
        %4 = add %2, %3 : f64[]
        return %4
      }} : f64[]
      %3 = mul %2, %2 : f64[]
      %4, %5 = while \(start), %3, %k {condition = func @small(%x: f64[], %k: f64[]) -> (runs: bool[]) {
        %2 = constant {value = f64[] splat<\(bound)>} : f64[]
        %3 = lt %x, %2 : bool[]
        return %3
      }, carries = [1, 1], reversed = [0, 1], body0 = func @recording(%x: f64[], %k: f64[]) -> (x: f64[], r0: f64[]) {
        %2 = constant {value = f64[] splat<\(added)>} : f64[]
        %3 = sin %x : f64[]
        %4 = mul %x, %k : f64[]
        %5 = add %4, %2 : f64[]
        return %5, %3
      }, body1 = func @back(%c: f64[], %r0: f64[], %k: f64[]) -> (c: f64[]) {
        %3 = mul %c, %r0 : f64[]
        %4 = add %3, %k : f64[]
        return %4
      }} : (f64[], f64[])
      return %3, %5, %4
    }
    """
  }

  private func whileCount(_ steps: [Step]) -> Int {
    steps.reduce(0) { count, step in
      let inside = step.lists.reduce(0) { $0 + whileCount($1) }
      if case .whileLoop = step { return count + 1 + inside }
      return count + inside
    }
  }

  private func expected(_ x: Double, _ k: Double, start: Double, added: Double = 1, bound: Double = 100) -> [Double] {
    var value = x
    while value < 100 { value = value * k + 1 }
    var (again, rows) = (start, [Double]())
    while again < bound {
      rows.append(sin(again))
      again = again * k + added
    }
    let slope = rows.reversed().reduce(value * value) { $0 * $1 + k }
    return [value * value, slope, again]
  }

  private func check(_ text: String, _ expected: [Double], whileCount count: Int) throws {
    let function = try Pipelines.standard.run(Module(parsing: text, ops: OpRegistry.make).functions[0], verify: true)
    let program = try function.lowered()
    try program.verify()
    #expect(whileCount(program.steps) == count, "\(program)")
    let scalar = TensorType(.f64, .scalar)
    let found = try program.interpret([HostBuffer(scalar, [1.5]), HostBuffer(scalar, [2.25])])
    for (result, value) in zip(found, expected) {
      #expect(abs(result.elements[0].doubleValue - value) <= 1e-12 * max(abs(value), 1), "\(program)")
    }
  }

  @Test func aLoopThatIsRecordedLaterRunsOnce() throws {
    try check(text(), expected(1.5, 2.25, start: 1.5), whileCount: 1)
  }

  @Test func loopsThatDifferStayApart() throws {
    try check(text(start: "%k"), expected(1.5, 2.25, start: 2.25), whileCount: 2)
    try check(text(added: 2), expected(1.5, 2.25, start: 1.5, added: 2), whileCount: 2)
    try check(text(bound: 50), expected(1.5, 2.25, start: 1.5, bound: 50), whileCount: 2)
  }
}
