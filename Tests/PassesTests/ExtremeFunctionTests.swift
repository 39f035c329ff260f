import Basics
import KernelIR
import Passes
import TensorIR
import TensorOps
import TestSupport
import Testing
import Transforms

/// Functions that are legal but extreme: numbers near the limits, and very many of everything.
@Suite struct ExtremeFunctionTests {
  private func compiled(_ text: String, _ inputs: [ReferenceTensor]) throws -> [HostBuffer] {
    let function = try Function(parsing: text, ops: OpRegistry.make)
    let program = try Pipelines.standard.run(function, verify: true).lowered()
    return try program.interpret(inputs.map { HostBuffer($0.type, $0.scalars) })
  }

  /// Multiplied with each other, these strides would not fit an integer.
  @Test func stridesThatAreNeverTaken() throws {
    let stride = 1 << 58
    let results = try compiled(
      """
      func @f(%x: f64[4]) -> (y: f64[1]) {
        %1 = slice %x {starts = [1], limits = [4], strides = [\(stride)]} : f64[1]
        %2 = slice %1 {starts = [0], limits = [1], strides = [\(stride)]} : f64[1]
        %3 = slice %2 {starts = [0], limits = [1], strides = [\(stride)]} : f64[1]
        return %3
      }
      """, [ReferenceTensor(floating: [1, 2, 3, 4], type: TensorType(.f64, [4]))])
    #expect(results[0].elements.map(\.doubleValue) == [2])
  }

  /// The sum of n equal numbers is n times one, with n wrapped as sums wrap.
  @Test func sumOfMoreElementsThanAnI32Counts() throws {
    let results = try compiled(
      """
      func @f(%x: i32[]) -> (y: i32[]) {
        %1 = broadcast %x {shape = [4294967297], axes = []} : i32[4294967297]
        %2 = reduce_sum %1 {axes = [0]} : i32[]
        return %2
      }
      """, [ReferenceTensor(integer: [7], type: TensorType(.i32, .scalar))])
    #expect(results[0].elements.map(\.integerValue) == [7])
  }

  /// No sum of these sizes fits an integer.
  @Test func temporariesBeyondAllMemory() throws {
    let builder = FunctionBuilder()
    let (x, i) = (
      Term(builder, builder.parameter("x", TensorType(.f64, .scalar))),
      builder.parameter("i", TensorType(.i32, .scalar))
    )
    var product: Term?
    for number in 0..<8 {
      let base = (x + Double(number)).broadcast(to: [1 << 58], axes: [])
      let sum = base.applying(ScatterAdd(axis: 0), Term(builder, i), x)
      product = product.map { $0 * sum } ?? sum
    }
    let y = try #require(product).sum(axes: [0])
    let function = try builder.finish(name: "f", results: [.init("y", y.value)])
    do {
      _ = try function.lowered()
      Issue.record("no error")
    } catch {
      #expect(error.all.map(\.message) == ["'f' needs more than 2^48 bytes for intermediate values"])
    }
  }

  // What follows takes seconds where the work grows with the text, and many minutes where it grows with its square.

  @Test(.timeLimit(.minutes(1))) func concatOfManyOperands() throws {
    let count = 6000
    let builder = FunctionBuilder()
    let parts = (0..<count).map { Term(builder, builder.parameter("x\($0)", TensorType(.f32, [2 + $0 % 3, 8]))) }
    let function = try builder.finish(name: "f", results: [.init("y", builder.concat(parts, axis: 0).value)])
    let program = try Pipelines.standard.run(function).lowered()
    #expect(program.steps.count == 1)
    let gradient = try function.vjp(wrt: Array(0..<count))
    #expect(gradient.results.count == count + 1)
  }

  @Test(.timeLimit(.minutes(1))) func manyParametersOfOneName() throws {
    let count = 20_000
    let builder = FunctionBuilder()
    var sum = Term(builder, builder.parameter("x", TensorType(.f64, .scalar)))
    let others = (1..<count).map { _ in Term(builder, builder.parameter("x", TensorType(.f64, .scalar))) }
    for other in others { sum = sum * other }
    let function = try builder.finish(name: "f", results: [.init("y", sum.value)])
    let both = try function.valueAndGrad(wrt: Array(0..<count)).jvp(wrt: [0])
    #expect(both.results.count == 2 * (count + 1))
    #expect(Set(try function.jvp(wrt: Array(0..<count)).parameters.map(\.name)).count == count + 1)
  }

  @Test(.timeLimit(.minutes(1))) func manyReductionsInOneKernel() throws {
    let builder = FunctionBuilder()
    var x = Term(builder, builder.parameter("x", TensorType(.f32, [64])))
    for _ in 0..<8000 { x = x / x.sum(axes: [0]).broadcast(back: [0], of: x.shape) }
    let program = try builder.finish(name: "f", results: [.init("y", x.value)]).lowered()
    #expect(program.steps.count == 1)
  }

  /// As a loop over the rest of a list unrolls.
  @Test(.timeLimit(.minutes(1))) func tailsOfTails() throws {
    let count = 4000
    let builder = FunctionBuilder()
    var rest = Term(builder, builder.parameter("x", TensorType(.f64, [count])))
    var sum: Term?
    for _ in 0..<count - 1 {
      let head = rest.sliced(axis: 0, 0..<1).reshaped(to: .scalar).applying(.exp)
      sum = sum.map { $0 + head } ?? head
      rest = rest.sliced(axis: 0, 1..<rest.shape[0])
    }
    let y = try #require(sum)
    let function = try builder.finish(name: "f", results: [.init("y", y.value)])
    #expect(try Pipelines.standard.run(function).lowered().steps.count == 1)
  }

  /// Many tables that begin alike: one-hot rows, say.
  @Test(.timeLimit(.minutes(1))) func manyConstantsThatDifferAtTheirEnd() throws {
    let builder = FunctionBuilder()
    let type = TensorType(.f32, [100])
    var x = Term(builder, builder.parameter("x", type))
    for number in 0..<2000 {
      let table = (0..<100).map { $0 == 99 ? Double(number) : 0 }
      x = x + Term(builder, builder.emit(Constant(ReferenceTensor(floating: table, type: type)), [])[0])
    }
    let function = try builder.finish(name: "f", results: [.init("y", x.value)])
    try function.verify()
    #expect(function.instructions.count == 4000)
  }
}
