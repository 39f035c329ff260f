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
      let sum = base.applying(Scatter(.add, axis: 0), Term(builder, i), x)
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

  /// Kernels and products that read as much as no integer of bytes says are lowered all the same.
  @Test func readsBeyondAllMemory() throws {
    let (rows, all) = (1 << 29, 1 << 58)
    let sums = try Function(
      parsing: """
        func @f(%a: f64[\(all)], %b: f64[\(all)], %c: f64[\(all)], %d: f64[\(all)]) -> (y: f64[], z: f64[]) {
          %1 = add %a, %b : f64[\(all)]
          %2 = add %c, %d : f64[\(all)]
          %3 = mul %1, %2 : f64[\(all)]
          %4 = reduce_sum %3 {axes = [0]} : f64[]
          %5 = slice %1 {starts = [0], limits = [\(all - 1)], strides = [1]} : f64[\(all - 1)]
          %6 = slice %2 {starts = [0], limits = [\(all - 1)], strides = [1]} : f64[\(all - 1)]
          %7 = sub %5, %6 : f64[\(all - 1)]
          %8 = reduce_sum %7 {axes = [0]} : f64[]
          return %4, %8
        }
        """, ops: OpRegistry.make)
    let builder = FunctionBuilder()
    let shape = Shape([rows, rows])
    let (a, b, c) = (
      Term(builder, builder.parameter("a", TensorType(.f32, shape))),
      Term(builder, builder.parameter("b", TensorType(.f32, shape))),
      Term(builder, builder.parameter("c", TensorType(.f32, shape)))
    )
    let product = a.matmul(b).applying(ElementwiseOp.exp) * c
    let products = try builder.finish(name: "g", results: [.init("y", product.sum(axes: [0]).value)])
    for function in [sums, products] {
      // Whether there is memory is another question.
      do { _ = try Pipelines.standard.run(function).lowered() } catch {
        #expect(error.all.map(\.message) == ["'\(function.name)' needs more than 2^48 bytes for intermediate values"])
      }
    }
  }

  /// No call of the compiler for each of them is open at once.
  @Test func aRowOfALoopBehindManyViews() throws {
    let count = 20_000
    let views = (0..<count).map { "    %\($0 + 2) = reverse %\($0 + 1) {axes = [0], shape = [4]} : f64[4]" }
    let function = try Function(
      parsing: """
        func @deep(%x: f64[4], %c: f64[4]) -> (y: f64[4], z: f64[4]) {
          %2, %3 = while %x, %c {condition = func @large(%x: f64[4]) -> (runs: bool[]) {
            %1 = reduce_sum %x {axes = [0]} : f64[]
            %2 = constant {value = f64[] splat<1.0>} : f64[]
            %3 = gt %1, %2 : bool[]
            return %3
          }, carries = [1, 1], reversed = [0, 1], body0 = func @step(%x: f64[4]) -> (x: f64[4], r0: f64[4], r1: f64[4]) {
            %1 = exp %x : f64[4]
        \(views.joined(separator: "\n"))
            %\(count + 2) = neg %\(count + 1) : f64[4]
            %\(count + 3) = sin %x : f64[4]
            return %\(count + 3), %1, %\(count + 2)
          }, body1 = func @back(%c: f64[4], %r0: f64[4], %r1: f64[4]) -> (c: f64[4]) {
            %3 = mul %c, %r0 : f64[4]
            %4 = mul %3, %r1 : f64[4]
            return %4
          }} : (f64[4], f64[4])
          return %2, %3
        }
        """, ops: OpRegistry.make)
    #expect(try function.withFewerRecordedRows() == nil)
  }

  // MARK: The work grows with the text, not with its square

  private func expectLinear(from size: Int, _ body: (Int) throws -> Void) throws {
    let growth = try growth(from: size, body)
    #expect(growth < 9, "four times the size takes \(growth) times as long")
  }

  @Test func concatOfManyOperands() throws {
    try expectLinear(from: 500) { (count) throws in
      let builder = FunctionBuilder()
      let parts = (0..<count).map { Term(builder, builder.parameter("x\($0)", TensorType(.f32, [2 + $0 % 3, 8]))) }
      let function = try builder.finish(name: "f", results: [.init("y", builder.concat(parts, axis: 0).value)])
      #expect(try Pipelines.standard.run(function).lowered().steps.count == 1)
      #expect(try function.vjp(wrt: Array(0..<count)).results.count == count + 1)
    }
  }

  @Test func manyParametersOfOneName() throws {
    try expectLinear(from: 4000) { (count) throws in
      let builder = FunctionBuilder()
      let parameters = (0..<count).map { _ in Term(builder, builder.parameter("x", TensorType(.f64, .scalar))) }
      let product = parameters.dropFirst().reduce(parameters[0], *)
      let function = try builder.finish(name: "f", results: [.init("y", product.value)])
      #expect(Set(try function.jvp(wrt: Array(0..<count)).parameters.map(\.name)).count == count + 1)
      #expect(try function.grad(wrt: Array(0..<count)).results.count == count)
    }
  }

  @Test func manyReductionsInOneKernel() throws {
    try expectLinear(from: 1000) { (count) throws in
      let builder = FunctionBuilder()
      var x = Term(builder, builder.parameter("x", TensorType(.f32, [64])))
      for _ in 0..<count { x = x / x.sum(axes: [0]).broadcast(back: [0], of: x.shape) }
      #expect(try builder.finish(name: "f", results: [.init("y", x.value)]).lowered().steps.count == 1)
    }
  }

  /// As a loop over the rest of a list unrolls.
  @Test func tailsOfTails() throws {
    try expectLinear(from: 500) { (count) throws in
      let builder = FunctionBuilder()
      var rest = Term(builder, builder.parameter("x", TensorType(.f64, [count])))
      var sum = builder.zeros(TensorType(.f64, .scalar))
      for _ in 0..<count - 1 {
        sum = sum + rest.sliced(axis: 0, 0..<1).reshaped(to: .scalar).applying(.exp)
        rest = rest.sliced(axis: 0, 1..<rest.shape[0])
      }
      let function = try builder.finish(name: "f", results: [.init("y", sum.value)])
      #expect(try Pipelines.standard.run(function).lowered().steps.count == 1)
    }
  }

  /// Many tables that begin alike: one-hot rows, say.
  @Test func manyConstantsThatDifferAtTheirEnd() throws {
    try expectLinear(from: 250) { (count) throws in
      let builder = FunctionBuilder()
      let type = TensorType(.f32, [100])
      var x = Term(builder, builder.parameter("x", type))
      for number in 0..<count {
        let table = (0..<100).map { $0 == 99 ? Double(number) : 0 }
        x = x + Term(builder, builder.emit(Constant(ReferenceTensor(floating: table, type: type)), [])[0])
      }
      let function = try builder.finish(name: "f", results: [.init("y", x.value)])
      try function.verify()
      #expect(function.instructions.count == 2 * count)
    }
  }
}
