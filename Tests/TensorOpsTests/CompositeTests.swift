import Basics
import Foundation
import TensorIR
import TensorOps
import Testing

@Suite struct CompositeTests {
  private func run(_ inputs: ReferenceTensor..., body: ([Term]) -> Term) throws -> ReferenceTensor {
    try evaluate(inputs) { [body($1)] }[0]
  }

  private func integers(_ elements: [Int64], _ shape: Shape) -> ReferenceTensor {
    ReferenceTensor(integer: elements, type: TensorType(.i64, shape))
  }

  /// What a composite records on types it can't take.
  private func messages(_ types: TensorType..., body: ([Term]) -> Term) -> [String] {
    let builder = FunctionBuilder()
    let terms = types.enumerated().map { Term(builder, builder.parameter("x\($0.offset)", $0.element)) }
    #expect(body(terms).value == .poison)
    return builder.diagnostics.map(\.message)
  }

  @Test func meanAndVariance() throws {
    let x = ReferenceTensor([1, 2, 3, 4, 6, 8], [2, 3])
    #expect(try run(x) { $0[0].mean(axes: [1]) }.doubles == [2, 6])
    #expect(try run(x) { $0[0].mean(axes: [1, 0]) }.doubles == [4])
    #expect(try run(x) { $0[0].variance(axes: [1], correction: 1) }.doubles == [1, 4])
    #expect(agree(try run(x) { $0[0].variance(axes: [1]) }, .init([2 / 3.0, 8 / 3.0], [2]), tolerance: 1e-15))
  }

  @Test func logSumExpIsStable() throws {
    let x = ReferenceTensor([1000, 1000, -.infinity, -.infinity, .infinity, 0, -.infinity, 1, -1e5, -1e5], [5, 2])
    let found = try run(x) { $0[0].logSumExp(axes: [1]) }.doubles
    #expect(abs(found[0] - 1000 - log(2)) < 1e-12)
    #expect(found[1] == -.infinity)
    #expect(found[2] == .infinity)
    #expect(found[3] == 1)
    #expect(abs(found[4] + 1e5 - log(2)) < 1e-10)
    #expect(try run(ReferenceTensor([.nan, 1], [2])) { $0[0].logSumExp(axes: [0]) }.doubles[0].isNaN)
    #expect(try run(ReferenceTensor([], [2, 0])) { $0[0].logSumExp(axes: [1]) }.doubles == [-.infinity, -.infinity])
  }

  @Test func softmaxes() throws {
    let x = ReferenceTensor([0, log(3), 800, 800, -.infinity, 5], [3, 2])
    let soft = try run(x) { $0[0].softmax(axes: [1]) }
    #expect(agree(soft, .init([0.25, 0.75, 0.5, 0.5, 0, 1], [3, 2]), tolerance: 1e-15))
    let logarithm = try run(x) { $0[0].logSoftmax(axes: [1]) }
    let expected: [Double] = [log(0.25), log(0.75), -log(2), -log(2), -.infinity, 0]
    #expect(agree(logarithm, .init(expected, [3, 2]), tolerance: 1e-15))
  }

  @Test func argumentsOfExtrema() throws {
    let x = ReferenceTensor([1, 5, 5, 4, 2, 2], [2, 3])
    #expect(try run(x) { $0[0].argMax(axis: 1) } == integers([1, 0], [2]))
    #expect(try run(x) { $0[0].argMin(axis: 1) } == integers([0, 1], [2]))
    #expect(try run(x) { $0[0].argMax(axis: 0) } == integers([1, 0, 0], [3]))
    #expect(try run(ReferenceTensor([1, .nan, 9, .nan], [4])) { $0[0].argMax(axis: 0) }.integers == [1])
    #expect(try run(ReferenceTensor([-.infinity, -.infinity], [2])) { $0[0].argMax(axis: 0) }.integers == [0])
    #expect(try run(integers([3, -7, -7], [3])) { $0[0].argMin(axis: 0) }.integers == [1])
  }

  @Test func oneHot() throws {
    let found = try run(integers([2, 0, -1, 3], [2, 2])) { $0[0].oneHot(depth: 3, dtype: .f32) }
    #expect(found.type == TensorType(.f32, [2, 2, 3]))
    #expect(found.doubles == [0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0])
  }

  @Test func activations() throws {
    let x = ReferenceTensor([-2, 0, 3, .nan], [4])
    let relu = try run(x) { $0[0].relu() }.doubles
    #expect(Array(relu.prefix(3)) == [0, 0, 3])
    #expect(relu[3].isNaN)
    #expect(Array(try run(x) { $0[0].clamped(-1, 1) }.doubles.prefix(3)) == [-1, 0, 1])
    #expect(Array(try run(x) { $0[0].squared() }.doubles.prefix(3)) == [4, 0, 9])
  }

  @Test func broadcasting() throws {
    let column = ReferenceTensor([1, 2], [2, 1])
    let row = ReferenceTensor([10, 20, 30], [3])
    let sum = try run(column, row) { terms in
      let (a, b) = Term.broadcastTogether(terms[0], terms[1])
      return a + b
    }
    #expect(sum == ReferenceTensor([11, 21, 31, 12, 22, 32], [2, 3]))
    #expect(Shape([4, 1, 3]).broadcast(with: [5, 1]) == [4, 5, 3])
    #expect(Shape([2]).broadcast(with: [3]) == nil)
    #expect(Shape([0]).broadcast(with: [1]) == [0])
    #expect(try run(row) { $0[0].expandingAxis(1).squeezing(axes: [1]) } == row)
  }

  @Test(
    arguments: [
      ([3], [3]), ([3], [3, 2]), ([2, 3], [3]), ([2, 3], [3, 4]), ([5, 2, 3], [3, 4]), ([2, 3], [5, 3, 4]),
      ([5, 2, 3], [5, 3, 4]), ([5, 1, 2, 3], [4, 3, 2]), ([3], [5, 3, 4]), ([5, 2, 3], [3]), ([1, 2, 3], [6, 3, 1]),
      ([2, 0], [0, 3]), ([0, 2, 3], [1, 3, 2]),
    ] as [(Shape, Shape)])
  func matmul(_ left: Shape, _ right: Shape) throws {
    var generator = SplitMix(seed: 7)
    let (a, b) = (generator.direction(TensorType(.f64, left)), generator.direction(TensorType(.f64, right)))
    let found = try run(a, b) { $0[0].matmul($0[1]) }
    // Plainly: as rank-3 operands, batch by batch.
    let a2 = left.rank == 1 ? Shape([1]).appending(left) : left
    let b2 = right.rank == 1 ? right.inserting(1, at: 1) : right
    let batchA = Shape(Array(a2.extents.dropLast(2))), batchB = Shape(Array(b2.extents.dropLast(2)))
    let batch = try #require(batchA.broadcast(with: batchB))
    let (m, k, n) = (a2[a2.rank - 2], a2[a2.rank - 1], b2[b2.rank - 1])
    var expected: [Double] = []
    func offset(_ index: [Int], _ shape: Shape) -> Int {
      zip(zip(index.suffix(shape.rank), shape.extents), shape.strides).reduce(0) {
        $0 + ($1.0.1 == 1 ? 0 : $1.0.0) * $1.1
      }
    }
    for index in (0..<batch.elementCount).map({ batch.index(at: $0) }) {
      for i in 0..<m {
        for j in 0..<n {
          let (base, other) = (offset(index, batchA) * m * k, offset(index, batchB) * k * n)
          expected.append(
            (0..<k).reduce(0) { $0 + a.doubles[base + i * k + $1] * b.doubles[other + $1 * n + j] })
        }
      }
    }
    var shape = batch.extents
    if left.rank > 1 { shape.append(m) }
    if right.rank > 1 { shape.append(n) }
    #expect(agree(found, ReferenceTensor(expected, Shape(shape)), tolerance: 1e-14))
  }

  @Test func wrongTypesAreRecordedOnceAndNamed() {
    let x = TensorType(.f64, [2, 3])
    #expect(
      messages(x) { $0[0].softmax(axes: [2]) }.map { $0.contains("'softmax'") && $0.contains("f64[2,3]") } == [true])
    #expect(messages(x) { $0[0].mean(axes: [0, 0]) }.count == 1)
    #expect(messages(x.with(.i32)) { $0[0].variance(axes: [0]) }.count == 1)
    #expect(messages(x) { $0[0].logSumExp(axes: [-1]).relu() + $0[0] }.count == 1)
    #expect(messages(x.with([2, 0])) { $0[0].argMax(axis: 1) }.count == 1)
    #expect(messages(x) { $0[0].argMin(axis: 7) }.count == 1)
    #expect(messages(x.with(.bool)) { $0[0].argMax(axis: 0) }.count == 1)
    #expect(messages(x) { $0[0].oneHot(depth: 3, dtype: .f32) }.count == 1)
    #expect(messages(x.with(.i32)) { $0[0].oneHot(depth: -3, dtype: .f32) }.count == 1)
    #expect(messages(x.with(.i32)) { $0[0].oneHot(depth: .max, dtype: .f32) }.count == 1)
    #expect(messages(x, x) { $0[0].matmul($0[1]) }.count == 1)
    #expect(messages(x, x.with(.scalar)) { $0[0].matmul($0[1]) }.count == 1)
    #expect(messages(x, x.with([2])) { Term.broadcastTogether($0[0], $0[1]).0 }.count == 1)
    #expect(messages(x) { $0[0].squeezing(axes: [0]) }.count == 1)
    #expect(messages(x) { $0[0].expandingAxis(4) }.count == 1)
    #expect(messages(x) { $0[0].broadcast(to: [3, 2]) }.count == 1)
    #expect(messages(x) { $0[0].sliced(axis: 5, 0..<1).softmax(axes: [0]) }.count == 1)
    #expect(messages(x) { $0[0].builder.concat([], axis: 0) }.count == 1)
    #expect(messages(x) { $0[0].builder.concat([$0[0], $0[0]], axis: 2) }.count == 1)
  }
}

extension CompositeTests {
  /// What is wrong with operands is recorded, whichever composite it meets; nothing traps.
  @Test func linearAlgebraOfWhatIsNoMatrix() {
    let types = [
      TensorType(.f64, []), TensorType(.f64, [2]), TensorType(.f64, [2, 3]), TensorType(.i32, [2, 2]),
      TensorType(.bool, [2, 2]),
    ]
    let composites: [(Term) -> Term] = [
      { $0.choleskyFactor() }, { $0.luFactors().upper }, { $0.singularValues() }, { $0.matrixRank(tolerance: 0) },
      { $0.determinantSign() }, { $0.logAbsDeterminant() }, { $0.logDeterminant() }, { $0.inverse() },
      { $0.pseudoInverse(tolerance: 0) }, { $0.nuclearNorm() }, { $0.spectralNorm() }, { $0.norm(p: 3, axes: [0]) },
      { $0.diagonal() }, { $0.trace() }, { $0.diagonalMatrix() }, { $0.lowerTriangle() }, { $0.matrixTransposed },
    ]
    for type in types {
      let builder = FunctionBuilder()
      let term = Term(builder, builder.parameter("x", type))
      for composite in composites {
        let before = builder.diagnostics.count
        let result = composite(term)
        #expect((result.value == .poison) == (builder.diagnostics.count > before))
        #expect(composite(Term(builder, .poison)).value == .poison)
      }
    }
  }
}
