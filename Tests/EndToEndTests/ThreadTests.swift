import Basics
import Foundation
import GradC
import KernelIR
import Passes
import Synchronization
import TensorIR
import TensorOps
import TestSupport
import Testing
import Transforms

/// Results have the same bits for every number of threads, and mean what they should: functions whose steps are all cut into
/// chunks, however small they are.
@Suite(.serialized) struct ThreadTests {
  private func tolerance(_ dtype: DType) -> Double { dtype == .f32 ? 1e-4 : 1e-9 }

  /// Machine code on several numbers of threads, which must agree to the bit.
  private func results(_ subject: Subject, _ what: String) throws -> [ReferenceTensor] {
    defer { Threads.count = 0 }
    Threads.count = 1
    let expected = try subject.tiled(subject.contracted)
    for count in [2, 3, 7] {
      Threads.count = count
      let found = try subject.tiled(subject.contracted)
      // NaN differs from itself, its bits do not.
      let isSame = zip(expected, found).allSatisfy { $0.scalars.map(\.bits) == $1.scalars.map(\.bits) }
      #expect(isSame, "\(what) on \(count) threads\n\(subject.program)")
    }
    return expected
  }

  private func partitionCount(_ program: KernelIR.Program) -> Int {
    var count = 0
    program.steps.forEachLeaf { step in
      switch step {
      case .kernel(let kernel): if kernel.partition != nil { count += 1 }
      case .gemm(let gemm): if gemm.partition != nil { count += 1 }
      case .call(let call): if call.chunk != nil { count += 1 }
      case .loop, .whileLoop, .branch: break
      }
    }
    return count
  }

  @Test(arguments: RandomFunction.Kind.allCases)
  func randomFunctions(_ kind: RandomFunction.Kind) throws {
    var count = 0
    for seed in fuzzSeeds(60) {
      let random = try RandomFunction(seed: seed, .init(kind))
      try Parallelism.$current.withValue(.everywhere) {
        let subject = try Subject(random.function, random.inputs)
        count += partitionCount(subject.program)
        let found = try results(subject, "\(random)")
        guard kind == .exact else { return }
        let expected = try subject.interpreted(subject.contracted)
        if let difference = firstDifference(expected, found, tolerance: { _ in 0 }) {
          Issue.record("\(difference)\n\(random)\n\(subject.program)")
        }
      }
    }
    #expect(count > 40)
  }

  /// Stacks of forty examples, and their cotangents, by chunks.
  @Test func registry() throws {
    var random = SplitMix(seed: 5)
    for example in OpRegistry.examples where !example.operands.isEmpty {
      let isFloating = (try? example.op.resultTypes(example.operands))?.first?.dtype.isFloating == true
      let wrt = isFloating ? example.operands.indices.filter { example.operands[$0].dtype.isFloating } : []
      if example.operands.contains(where: { $0.elementCount > 64 }) { continue }
      do {
        let function = try wrt.isEmpty ? example.function() : example.function().vjp(wrt: wrt)
        let stacked = try function.vmap(batched: function.parameters.map { _ in true }, size: 40)
        let inputs = zip(stacked.parameterTypes, 0...).map { type, index in
          let domain = example.domains.indices.contains(index) ? example.domains[index] : .range(-1...1)
          return ReferenceTensor.sample(type, from: domain, &random)
        }
        try Parallelism.$current.withValue(.everywhere) {
          let subject = try Subject(stacked, inputs)
          let found = try results(subject, example.op.name)
          let expected = try Interpreter.evaluate(stacked, inputs)
          if let difference = firstDifference(expected, found, tolerance: tolerance) {
            Issue.record("40 times \(example.op.name) \(example.operands): \(difference)\n\(subject.program)")
          }
        }
      } catch {
        Issue.record("40 times \(example.op.name) \(example.operands): \(error)")
      }
    }
  }

  /// Numbers between -1 and 1.
  private func numbers(_ shape: [Int], _ step: Int) -> Tensor {
    let elements = (0..<shape.reduce(1, *)).map { (place: Int) -> Double in Double(place * step % 101) / 50 - 1 }
    return Tensor(elements, shape: shape)
  }

  /// Reductions of whole arrays, also in several passes, in blocks that do and do not divide them.
  @Test(arguments: [64, 96, 1000, 4097])
  func wholeArrays(_ count: Int) throws {
    let function = try trace("whole", .input("x", .f64, [count]), .input("y", .f64, [count])) { x, y in
      [x.sum(), (x * y).sum(), softmax(x), x.max() + exp(y).sum(), (x - x.sum()).max()]
    }
    let (x, y) = (numbers([count], 37).cast(to: .f64), numbers([count], 53).cast(to: .f64))
    let expected = try function.evaluate(x, y).map { try $0.doubles() }
    defer { Threads.count = 0 }
    var first: [[UInt64]] = []
    for (tier, threads) in [(Tier.tier0, 1), (.tier0, 2), (.tier0, 7), (.tier1, 1), (.tier1, 3)] {
      let compiled = try Parallelism.$current.withValue(.everywhere) { try function.compile(tier) }
      #expect(compiled.kernels.description.contains("_blocks parallel"))
      Threads.count = threads
      let found = try compiled(x, y).map { try $0.doubles() }
      for (a, b) in zip(expected, found) {
        #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-9 * (1 + abs($0)) }, "\(threads) threads\n\(compiled.kernels)")
      }
      let bits = found.map { $0.map(\.bitPattern) }
      if first.isEmpty { first = bits }
      #expect(bits == first, "\(tier), \(threads) threads")
    }
  }

  /// Eight threads call a function that shares its work, each as often as the others.
  @Test func callersAtOnce() throws {
    let function = try trace("f", .input("x", .f32, [64, 96]), .input("w", .f32, [96, 80])) { x, w in
      softmax(tanh(matmul(x, w)))
    }
    let compiled = try Parallelism.$current.withValue(.everywhere) { try function.compile() }
    let inputs = try [numbers([64, 96], 37), numbers([96, 80], 53)].map { try $0.cast(to: .f32).array() }
    defer { Threads.count = 0 }
    Threads.count = 1
    let expected = try compiled.graph(inputs)
    Threads.count = 3
    let faults = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      for _ in 0..<100 where (try? compiled.graph(inputs)) != expected { faults.withLock { $0 += 1 } }
    }
    #expect(faults.withLock { $0 } == 0)
  }

  @Test func numberOfThreads() {
    let initial = Threads.count
    #expect(initial >= 1)
    Threads.count = 3
    #expect(Threads.count == 3)
    Threads.count = .max
    #expect(Threads.count == 256)
    for count in [0, -1, Int.min] {
      Threads.count = count
      #expect(Threads.count == initial)
    }
  }
}
