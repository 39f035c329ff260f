import Foundation
import GradC
import Testing

/// Deep graphs, and many threads.
@Suite struct LoadTests {
  /// Runs `body` on a thread with little stack.
  private func withSmallStack(_ body: @escaping @Sendable () throws -> Void) throws {
    let result = Box()
    let done = DispatchSemaphore(value: 0)
    let thread = Thread {
      do { try body() } catch { result.error = error }
      done.signal()
    }
    thread.stackSize = 1 << 19
    thread.start()
    done.wait()
    if let error = result.error { throw error }
  }

  private final class Box: @unchecked Sendable {
    var error: (any Error)?
  }

  static let depth = 100_000

  /// `y = x · c + x` again and again: no stage recurses along the chain.
  @Test func deepChains() throws {
    try withSmallStack {
      let f = try trace("deep", .input("x", .f64, [2])) { x in
        var y = x
        for _ in 0..<(Self.depth / 2) { y = y * 0.5 + x }
        return y.sum()
      }
      #expect(f.operationCount >= Self.depth)
      let compiled = try f.valueAndGrad().compile()
      let found = try compiled(Tensor([1, 2], dtype: .f64))
      #expect(try found.value.item() == 6)
      #expect(try found.gradient.doubles() == [2, 2])
    }
  }

  /// Values that live to the end, so that nothing is dropped on the way.
  @Test func deepChainsThatBranch() throws {
    try withSmallStack {
      let f = try trace("deep", .input("x", .f64)) { x in
        var (y, sum) = (x, x)
        for _ in 0..<(Self.depth / 8) {
          y = sin(y) + y
          sum = sum + y
        }
        return sum
      }
      let compiled = try f.grad().compile()
      #expect(try compiled(0.25).item().isFinite)
    }
  }

  /// Thousands of kernels and library calls, in one function that takes its own gradient.
  @Test func deepChainsOfKernels() throws {
    try withSmallStack {
      let f = try trace("deep", .input("x", .f64, [3]), .input("w", .f64, [3, 3])) { x, w in
        var y = x
        for _ in 0..<300 { y = tanh(matmul(y, w)) / y.max() }
        return [gradient(of: y.sum(), wrt: w), y]
      }
      let compiled = try f.compile()
      let (x, w) = (
        Tensor([1, 2, 3], dtype: .f64), Tensor([2, 1, 0, 1, 2, 1, 0, 1, 2], shape: [3, 3], dtype: .f64) * 0.25
      )
      let (found, expected) = (try compiled(x, w), try f.evaluate(x, w))
      for (a, b) in zip(found, expected) { #expect(try a.array().isClose(to: b.array(), relative: 1e-6)) }
      #expect(!compiled.kernels.cSource(.portable).isEmpty && !compiled.kernels.description.isEmpty)
    }
  }

  /// The same as text, as C and as a stack of examples.
  @Test func deepChainsInEveryForm() throws {
    try withSmallStack {
      let f = try trace("deep", .input("x", .f64)) { x in
        var y = x
        for _ in 0..<5_000 { y = y * 0.5 + x }
        return y
      }
      let stacked = try f.grad().vmap(size: 2)
      let compiled = try stacked.compile()
      #expect(try compiled(Tensor([1, 2], dtype: .f64)).doubles() == [2, 2])
      #expect(try stacked.evaluate(Tensor([1, 2], dtype: .f64)).doubles() == [2, 2])
      #expect(try f.grad().grad().evaluate(1).item() == 0)
      #expect(
        !f.description.isEmpty && !compiled.kernels.cSource(.portable).isEmpty && !compiled.kernels.description.isEmpty)
    }
  }

  @Test func compilesFromManyThreads() throws {
    let failures = Failures()
    DispatchQueue.concurrentPerform(iterations: 24) { index in
      do {
        let f = try trace("f\(index % 3)", .input("x", .f32, [5])) { x in (exp(x) * Double(index)).sum() }
        let compiled = try f.valueAndGrad().compile()
        let found = try compiled(zeros([5]))
        let numbers: [Double] = try found.value.doubles() + found.gradient.doubles()
        let slope = Double(index)
        let expected: [Double] = [5 * slope, slope, slope, slope, slope, slope]
        if numbers != expected {
          failures.add("wrong result \(index)")
        }
      } catch {
        failures.add("\(error)")
      }
    }
    #expect(failures.all.isEmpty, "\(failures.all)")
  }

  @Test func callsFromManyThreads() throws {
    let f = try trace("f", .input("w", .f32, [40, 30]), .input("x", .f32, [20, 40])) { w, x in
      softmax(tanh(matmul(x, w))).max(axes: [1]).sum()
    }
    let compiled = try f.valueAndGrad().compile()
    let failures = Failures()
    let inputs = (0..<4).map { numbers(800, seed: $0 * 13, shape: [20, 40]) }
    let w = numbers(1200, seed: 5, shape: [40, 30])
    let expected = try inputs.map { try compiled(w, $0).gradient.array() }
    DispatchQueue.concurrentPerform(iterations: 16) { thread in
      for round in 0..<50 {
        let index = (thread + round) % 4
        do {
          if try compiled(w, inputs[index]).gradient.array() != expected[index] { failures.add("thread \(thread)") }
        } catch {
          failures.add("\(error)")
        }
      }
    }
    #expect(failures.all.isEmpty, "\(failures.all)")
  }

  private func numbers(_ count: Int, seed: Int, shape: [Int]) -> Tensor {
    let elements = (0..<count).map { (index: Int) -> Double in Double((index * 7 + seed) % 17) / 17 }
    return Tensor(elements, shape: shape)
  }

  private final class Failures: @unchecked Sendable {
    private let lock = NSLock()
    private var messages: [String] = []
    func add(_ message: String) { lock.withLock { messages.append(message) } }
    var all: [String] { lock.withLock { messages } }
  }
}
