import Foundation
import GradC
import Testing

/// Uses that are allowed, though few think of them.
@Suite struct UnusualUseTests {
  @Test func functionsWithoutInputsOrResults() throws {
    let constant = try trace("constant") { exp(Tensor([0.0, 1], dtype: .f64)) }
    #expect(try constant.compile()().doubles() == constant.evaluate().doubles())
    let nothing = try trace("nothing", .input("x", .f64, [2])) { _ in [Tensor]() }
    #expect(try nothing.compile()(ones([2], .f64)).isEmpty)
    #expect(try nothing.evaluate(ones([2], .f64)).isEmpty)
    let neither = try trace("neither", [Tensor]()) { $0 }
    #expect(try neither.compile()([]).isEmpty)
    let numbers = try trace("numbers", .input("x", .f64)) { _ in [Tensor(1), 2.5, true, Tensor([1.0, 2])] }
    #expect(try numbers.compile()(0).map { try $0.doubles() } == [[1], [2.5], [1], [1, 2]])
    #expect(throws: Diagnostics.self) { try constant.grad() }
    #expect(throws: Diagnostics.self) { try nothing.grad() }
  }

  @Test func resultsThatAreParameters() throws {
    let f = try trace("f", .input("x", .f64, [3]), .input("y", .f64, [3])) { x, y in
      [y, x, x, y + 0, x.reshaped(to: [3])]
    }
    let (x, y) = (Tensor([1.0, 2, 3], dtype: .f64), Tensor([4.0, 5, 6], dtype: .f64))
    let expected = try f.evaluate(x, y).map { try $0.array() }
    #expect(try f.compile()(x, y).map { try $0.array() } == expected)
    // One array for both parameters, and arrays that are parameters as results.
    #expect(try f.compile()(x, x).map { try $0.array() } == f.evaluate(x, x).map { try $0.array() })
    var results = try [NDArray](repeating: x.array(), count: 5)
    try f.compile().graph.call(inputs: [x.array(), y.array()], into: &results)
    #expect(results == expected)
    #expect(try x.doubles() == [1, 2, 3])
  }

  @Test func derivativesOfWhatDoesNotDepend() throws {
    let f = try trace("f", .input("x", .f64, [3]), .input("y", .f64, [0, 2])) { x, y in (y * 2).sum() + 1 }
    #expect(try f.grad().compile()(ones([3], .f64), zeros([0, 2], .f64)).doubles() == [0, 0, 0])
    #expect(
      try f.hessian().compile()(ones([3], .f64), zeros([0, 2], .f64)).doubles() == [Double](repeating: 0, count: 9))
    #expect(try f.hessian(wrt: 1).compile()(ones([3], .f64), zeros([0, 2], .f64)).shape == [0, 2, 0, 2])
    #expect(try f.jacobian(wrt: 1).evaluate(ones([3], .f64), zeros([0, 2], .f64)).shape == [0, 2])
    let v = try f.vmap(batched: [true, false], size: 0).compile()(zeros([0, 3], .f64), zeros([0, 2], .f64))
    #expect(v.shape == [0])
    #expect(throws: Diagnostics.self) { try f.vmap(size: -1) }
    #expect(throws: Diagnostics.self) { try f.vmap(batched: [], size: 2) }
    #expect(
      try f.vmap(batched: [false, false], size: 2).compile()(ones([3], .f64), zeros([0, 2], .f64)).doubles() == [1, 1])
  }

  /// Memory that is only as aligned as its elements need.
  @Test func memoryOffTheBeatenAlignment() throws {
    let f = try trace("f", .input("x", .f32, [37]), .input("a", .f32, [5, 7]), .input("b", .f32, [7, 3])) { x, a, b in
      [exp(x) * x + 1, x.sum(), matmul(a, b), x.reversed(), softmax(x)]
    }
    let compiled = try f.compile()
    var expected: [NDArray]?
    for offset in [0, 4, 12, 36, 60] {
      let (bytes, count) = (UnsafeMutableRawPointer.allocate(byteCount: 4096, alignment: 64), [37, 35, 21])
      defer { bytes.deallocate() }
      bytes.initializeMemory(as: UInt8.self, repeating: 0, count: 4096)
      var arrays: [NDArray] = []
      for (index, shape) in [Shape([37]), [5, 7], [7, 3]].enumerated() {
        let start = bytes + offset + 1024 * index
        for position in 0..<count[index] {
          start.storeBytes(of: Float(position % 5) / 4 - 0.5, toByteOffset: 4 * position, as: Float.self)
        }
        arrays.append(try NDArray(noCopy: start, dtype: .f32, shape: shape))
      }
      let found = try compiled(Tensor(arrays[0]), Tensor(arrays[1]), Tensor(arrays[2])).map { try $0.array() }
      if let expected { #expect(found == expected, "offset \(offset)") } else { expected = found }
    }
  }

  @Test func manyParametersAndResults() throws {
    let inputs = (0..<600).map { Tensor.input("x\($0)", .f32, [$0 % 4]) }
    let f = try trace("f", inputs) { xs in xs.map { $0 * 2 } + [xs.reduce(0) { $0 + $1.sum() }] }
    let values = (0..<600).map { index in Tensor([Double](repeating: Double(index), count: index % 4)) }
    let found = try f.compile()(values)
    #expect(found.count == 601)
    #expect(try found[599].doubles() == [1198, 1198, 1198])
    #expect(try found[600].item() == (0..<600).reduce(0) { $0 + Double($1 * ($1 % 4)) })
  }

  @Test func specialNumbersAsConstants() throws {
    let values = [
      Double.nan, .infinity, -.infinity, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 0.1,
      -.leastNormalMagnitude / 8,
    ]
    let f = try trace("f", .input("x", .f64, [8])) { x in
      [x + Tensor(values, dtype: .f64), Tensor(values, dtype: .f64) * 1] + values.map { x * Tensor($0) }
    }
    let x = Tensor([Double](repeating: 1, count: 8), dtype: .f64)
    for (a, b) in zip(try f.compile()(x), try f.evaluate(x)) {
      let (a, b) = (try a.doubles(), try b.doubles())
      #expect(zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN }, "\(a) \(b)")
    }
  }

  @Test func tracesFromManyThreads() throws {
    let f = try trace("f", .input("x", .f64, [4])) { x in
      let parts = Parts()
      DispatchQueue.concurrentPerform(iterations: 32) { index in parts.add(exp(x * Double(index % 4)), index) }
      return parts.all.reduce(x) { $0 + $1 }
    }
    let found = try f.compile()(zeros([4], .f64)).doubles()
    #expect(found == [32, 32, 32, 32])
  }

  @Test func tracesAndCallsInsideATrace() throws {
    let f = try trace("outer", .input("x", .f64, [2])) { x in
      let inner = try trace("inner", .input("y", .f64, [2])) { y in (y * y).sum() }
      let numbers = try inner.valueAndGrad().compile()(Tensor([3.0, 4], dtype: .f64))
      return x * numbers.value + numbers.gradient
    }
    #expect(try f.compile()(ones([2], .f64)).doubles() == [31, 33])
  }

  private final class Parts: @unchecked Sendable {
    private let lock = NSLock()
    private var tensors: [Int: Tensor] = [:]
    func add(_ tensor: Tensor, _ index: Int) { lock.withLock { tensors[index] = tensor } }
    var all: [Tensor] { lock.withLock { tensors.keys.sorted().compactMap { tensors[$0] } } }
  }
}
