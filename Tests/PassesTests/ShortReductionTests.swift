import Basics
import Passes
import TensorIR
import TensorOps
import Testing

/// Reductions over a short innermost axis of pairs go over tiles of the next axis.
@Suite struct ShortReductionTests {
  private func distances(_ rows: Int, _ columns: Int, _ width: Int) throws -> Function {
    let (n, k, d) = (rows, columns, width)
    return try Function(
      parsing: """
        func @distances(%a: f64[\(n),\(d)], %b: f64[\(k),\(d)]) -> (y: f64[\(n),\(k)]) {
          %2 = broadcast %a {shape = [\(n),\(k),\(d)], axes = [0, 2]}
          %3 = broadcast %b {shape = [\(n),\(k),\(d)], axes = [1, 2]}
          %4 = sub %2, %3
          %5 = mul %4, %4
          %6 = reduce_sum %5 {axes = [2]}
          return %6
        }
        """, ops: OpRegistry.make)
  }

  private func numbers(_ shape: Shape) -> ReferenceTensor {
    let values = (0..<shape.elementCount).map { Double($0 * $0 % 11) - 4 }
    return ReferenceTensor(floating: values, type: TensorType(.f64, shape))
  }

  @Test func theSecondOperandIsTransposed() throws {
    let f = try distances(20, 64, 16)
    let moved = try #require(try f.withShortReductionsOutside())
    try moved.verify()
    let reduction = try #require(moved.instructions.first { moved.op(of: $0) is Reduce })
    #expect((moved.op(of: reduction) as? Reduce)?.axes == [1])
    let transposed = moved.instructions.filter { moved.op(of: $0) is Transpose }
    #expect(transposed.count == 1)
    // All numbers are small integers, so that any order gives the same.
    let inputs = [numbers([20, 16]), numbers([64, 16])]
    #expect(
      try Interpreter.evaluate(moved, inputs)[0].doubles == Interpreter.evaluate(f, inputs)[0].doubles)
  }

  /// Too few pairs for a transposition, short tiles, a long reduction, and an operand that is all pairs.
  @Test func othersStay() throws {
    #expect(try distances(3, 64, 16).withShortReductionsOutside() == nil)
    #expect(try distances(20, 8, 16).withShortReductionsOutside() == nil)
    #expect(try distances(20, 64, 65).withShortReductionsOutside() == nil)
    let whole = try Function(
      parsing: """
        func @sums(%a: f64[20,64,16]) -> (y: f64[20,64]) {
          %1 = mul %a, %a
          %2 = reduce_sum %1 {axes = [2]}
          return %2
        }
        """, ops: OpRegistry.make)
    #expect(try whole.withShortReductionsOutside() == nil)
  }

  private func nearest(_ rows: Int, _ columns: Int, _ width: Int, keeping results: String = "") throws -> Function {
    let (n, k, d) = (rows, columns, width)
    return try Function(
      parsing: """
        func @nearest(%a: f64[\(n),\(d)], %b: f64[\(k),\(d)]) -> (y: i64[\(n)]\(results.isEmpty ? "" : ", z: f64[\(n),\(k)]")) {
          %2 = broadcast %a {shape = [\(n),\(k),\(d)], axes = [0, 2]}
          %3 = broadcast %b {shape = [\(n),\(k),\(d)], axes = [1, 2]}
          %4 = sub %2, %3
          %5 = mul %4, %4
          %6 = reduce_sum %5 {axes = [2]}
          %7 = reduce_min %6 {axes = [1]}
          %8 = broadcast %7 {shape = [\(n),\(k)], axes = [0]}
          %9 = eq %6, %8
          %10 = iota {dtype = i64, shape = [\(n),\(k)], axis = 1}
          %11 = constant {value = i64[] splat<\(k)>}
          %12 = broadcast %11 {shape = [\(n),\(k)], axes = []}
          %13 = select %9, %10, %12
          %14 = reduce_min %13 {axes = [1]}
          return %14\(results)
        }
        """, ops: OpRegistry.make)
  }

  /// The least of a few sums has tiles along what is not reduced, and so have the sums.
  @Test func reductionsInsideMoveToo() throws {
    let f = try nearest(80, 10, 4)
    let moved = try #require(try f.withShortReductionsOutside())
    try moved.verify()
    let reductions = moved.instructions.compactMap { moved.op(of: $0) as? Reduce }
    #expect(reductions.map(\.axes) == [[1], [0], [0]])
    #expect(moved.instructions.filter { moved.op(of: $0) is Transpose }.count == 1)
    let inputs = [numbers([80, 4]), numbers([10, 4])]
    #expect(try Interpreter.evaluate(moved, inputs)[0].integers == Interpreter.evaluate(f, inputs)[0].integers)
  }

  /// What is needed as it is would be computed twice.
  @Test func resultsStay() throws {
    #expect(try nearest(80, 10, 4, keeping: ", %6").withShortReductionsOutside() == nil)
  }
}
