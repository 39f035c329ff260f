import Basics
import KernelIR
import TensorIR
import TensorOps
import TestSupport
import Testing

/// Picking along several axes against plain loops.
@Suite struct GatherTests {
  private func integers(_ elements: [Int64], _ shape: Shape) -> ReferenceTensor {
    ReferenceTensor(integer: elements, type: TensorType(.i64, shape))
  }

  private func run(_ inputs: [ReferenceTensor], _ body: ([Term]) -> Term) throws -> ReferenceTensor {
    try evaluate(inputs) { [body($1)] }[0]
  }

  private let x = ReferenceTensor((0..<24).map { Double($0) }, [2, 3, 4])

  private func at(_ i: Int, _ j: Int, _ k: Int) -> Double { Double(i * 12 + j * 4 + k) }

  @Test func neighbouringAxes() throws {
    let rows = integers([0, 2, 9], [3])
    let columns = integers([3, -1], [2, 1])
    let y = try run([x, rows, columns]) { $0[0].gather([$0[1], $0[2]], axes: [1, 2]) }
    #expect(y.shape == [2, 2, 3])
    for i in 0..<2 {
      for (p, k) in [3, 0].enumerated() {
        for (q, j) in [0, 2, 2].enumerated() {
          #expect(y.doubles[i * 6 + p * 3 + q] == at(i, j, k))
        }
      }
    }
  }

  @Test func separatedAxesComeFirst() throws {
    let (i, k) = (integers([1, 0, 1], [3]), integers([3, 1, 4], [3]))
    let y = try run([x, i, k]) { $0[0].gather([$0[2], $0[1]], axes: [2, 0]) }
    #expect(y.shape == [3, 3])
    for (p, (i, k)) in [(1, 3), (0, 1), (1, 3)].enumerated() {
      for j in 0..<3 { #expect(y.doubles[p * 3 + j] == at(i, j, k)) }
    }
    let filled = try run([x, i, k]) { $0[0].gather([$0[1], $0[2]], axes: [0, 2], outside: .skip(-7)) }
    #expect(Array(filled.doubles.suffix(3)) == [-7, -7, -7])
    #expect(filled.doubles.prefix(6) == y.doubles.prefix(6))
  }

  @Test func alongAxis() throws {
    let order = integers([2, 0, 1, 1, 2, 0, 0, 0, 5, 1, -1, 2], [2, 3, 2])
    let y = try run([x, order]) { $0[0].takeAlong($0[1], axis: 2) }
    let picks = [2, 0, 1, 1, 2, 0, 0, 0, 3, 1, 0, 2]
    #expect(y.doubles == picks.indices.map { at($0 / 6, $0 / 2 % 3, picks[$0]) })
    let back = try run([x, order, y]) { $0[0].zeros.scatterAlong(.set, $0[2], at: $0[1], axis: 2) }
    #expect(back.doubles[2] == 2 && back.doubles[0] == 0 && back.doubles[1] == 0 && back.doubles[5] == 5)
  }

  @Test func coordinates() throws {
    let places = integers([0, 1, 1, 2, 1, 0, 5, 5], [4, 2])
    let rows = try run([x, places]) { $0[0].gatherND($0[1]) }
    #expect(rows.shape == [4, 4])
    #expect(rows.doubles == [(0, 1), (1, 2), (1, 0), (1, 2)].flatMap { i, j in (0..<4).map { at(i, j, $0) } })
    let inBatch = integers([2, 3, 0, 1], [2, 1, 2])
    let picked = try run([x, inBatch]) { $0[0].gatherND($0[1], batchRank: 1) }
    #expect(picked == ReferenceTensor([at(0, 2, 3), at(1, 0, 1)], [2, 1]))
    let sums = try run([x, places, rows]) { $0[0].zeros.scatterND(.add, $0[2], at: $0[1], outside: .skip) }
    #expect(sums.doubles.reduce(0, +) == rows.doubles.dropLast(4).reduce(0, +))
  }

  /// `⟨gather(x), u⟩ = ⟨x, scatter_add(0, u)⟩`.
  @Test func scatterIsTheTranspose() throws {
    var random = SplitMix(seed: 4)
    let (i, k) = (integers([1, 0, 1, 1], [2, 2]), integers([3, 1], [2]))
    for outside in [TensorOps.OutOfRange.clamp, .skip] {
      let y = try run([x, i, k]) { $0[0].gather([$0[1], $0[2]], axes: [0, 2], outside: outside) }
      let u = ReferenceTensor.sample(y.type, from: .range(-1...1), &random)
      let back = try run([x, i, k, u]) {
        $0[0].zeros.scatter(.add, $0[3], at: [$0[1], $0[2]], axes: [0, 2], outside: outside)
      }
      let left = zip(y.doubles, u.doubles).reduce(0) { $0 + $1.0 * $1.1 }
      let right = zip(x.doubles, back.doubles).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(left - right) < 1e-12)
    }
  }

  @Test func faults() {
    func messages(_ types: [TensorType], _ body: ([Term]) -> Term) -> [String] {
      let builder = FunctionBuilder()
      let terms = types.enumerated().map { Term(builder, builder.parameter("x\($0.offset)", $0.element)) }
      #expect(body(terms).value == .poison)
      return builder.diagnostics.map(\.message)
    }
    let (matrix, indices) = (TensorType(.f32, [2, 3]), TensorType(.i32, [4]))
    #expect(messages([matrix, indices]) { $0[0].gather([$0[1]], axes: [0, 1]) }.count == 1)
    #expect(messages([matrix, matrix]) { $0[0].gather([$0[1], $0[1]], axes: [0, 1]) }.count == 1)
    #expect(messages([matrix, indices]) { $0[0].gather([$0[1], $0[1]], axes: [0, 0]) }.count == 1)
    #expect(messages([matrix, indices]) { $0[0].takeAlong($0[1], axis: 0) }.count == 1)
    #expect(messages([matrix, indices]) { $0[0].gatherND($0[1]) }.count == 1)
  }
}
