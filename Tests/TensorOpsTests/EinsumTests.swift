import Basics
import TensorIR
import TensorOps
import Testing

@Suite struct EinsumTests {
  /// The sum as it is written: over all values of all indices.
  private func plainly(_ operands: [(String, ReferenceTensor)], _ result: String) -> ReferenceTensor {
    var extents: [Character: Int] = [:]
    for (indices, tensor) in operands {
      for (index, extent) in zip(indices, tensor.shape.extents) { extents[index] = extent }
    }
    let names = extents.keys.sorted()
    let space = Shape(names.map { extents[$0] ?? 0 })
    let shape = Shape(result.map { extents[$0] ?? 0 })
    var sums = [Double](repeating: 0, count: shape.elementCount)
    func position(_ indices: String, _ shape: Shape, _ values: [Character: Int]) -> Int {
      zip(indices, shape.strides).reduce(0) { $0 + (values[$1.0] ?? 0) * $1.1 }
    }
    for place in 0..<space.elementCount {
      let values = Dictionary(uniqueKeysWithValues: zip(names, space.index(at: place)))
      sums[position(result, shape, values)] += operands.reduce(1) { product, operand in
        product * operand.1.doubles[position(operand.0, operand.1.shape, values)]
      }
    }
    return ReferenceTensor(sums, shape)
  }

  @Test(arguments: [
    "ij,jk->ik", "ij,jk->ki", "bij,bjk->bik", "i,i->", "i,j->ij", "ij->ji", "ij->", "ij->j", "ii->i", "ii->", "iij->ji",
    "iii->i", "ij,kj,kl->il", "ij,jk,kl,lm->im", "i,i,i->i", "ij,ij->ij", "bi,oij,bj->bo", "ij,k->i", "ii,ij->j",
    "ijk,kji->", " i j , j -> i ", ",ij->ij", "abcd,dcba->bc",
  ])
  func equalsTheSum(_ formula: String) throws {
    let extents: [Character: Int] = [
      "i": 2, "j": 3, "k": 4, "l": 2, "m": 3, "b": 5, "o": 2, "a": 2, "c": 3, "d": 4,
    ]
    let parts = formula.filter { $0 != " " }.split(separator: "-", omittingEmptySubsequences: false)
    let operands = parts[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let result = String(parts[1].dropFirst())
    var generator = SplitMix(seed: 8)
    let tensors = operands.map { generator.direction(TensorType(.f64, Shape($0.map { extents[$0] ?? 0 }))) }
    let found = try evaluate(tensors) { [$0.einsum(formula, $1)] }[0]
    #expect(agree(found, plainly(Array(zip(operands, tensors)), result), tolerance: 1e-13))
  }

  @Test func theResultMayBeImplied() throws {
    let a = ReferenceTensor([1, 2, 3, 4], [2, 2])
    let b = ReferenceTensor([5, 6], [2])
    #expect(try evaluate([a, b]) { [$0.einsum("ji,i", $1)] }[0] == ReferenceTensor([17, 39], [2]))
    #expect(try evaluate([a]) { [$0.einsum("ji", $1)] }[0] == ReferenceTensor([1, 3, 2, 4], [2, 2]))
    #expect(try evaluate([a]) { [$0.einsum("ii", $1)] }[0] == ReferenceTensor([5], []))
  }

  @Test(arguments: [
    "ij", "ij,jk->il", "ij,jk->iik", "ij,jk->i->k", "ij,j1->i", "ij,ji->i", "i,jk->ik", "", "ij,jk,k->i", "ij;jk",
    "é,jk",
    "ij,jk-ik", "...j,jk->...k",
  ])
  func malformedFormulasAreErrors(_ formula: String) {
    let builder = FunctionBuilder()
    let a = Term(builder, builder.parameter("a", TensorType(.f64, [2, 3])))
    let b = Term(builder, builder.parameter("b", TensorType(.f64, [3, 4])))
    #expect(builder.einsum(formula, [a, b]).value == .poison)
    #expect(builder.diagnostics.count == 1)
    #expect(builder.diagnostics.first?.message.contains("'einsum'") == true)
  }

  /// The trace of a product of 26 matrices, the first 10 of which are made of 16 operands and the others of 15.
  @Test func manyOperands() throws {
    let builder = FunctionBuilder()
    let letters = Array("abcdefghijklmnopqrstuvwxyz")
    let operands = (0..<400).map { Term(builder, builder.parameter("x\($0)", TensorType(.f64, [2, 2]))) }
    let formula = operands.indices.map { String([letters[$0 % 26], letters[($0 + 1) % 26]]) }.joined(separator: ",")
    let sum = builder.einsum(formula + "->", operands)
    let f = try builder.finish(name: "f", results: [.init("y", sum.value)])
    let ones = operands.map { _ in ReferenceTensor([1, 1, 1, 1], [2, 2]) }
    #expect(try Interpreter.evaluate(f, ones)[0].doubles == [67_108_864])
    #expect(f.types.allSatisfy { $0.elementCount <= 64 })
  }

  @Test func dtypesMustAgree() {
    let builder = FunctionBuilder()
    let a = Term(builder, builder.parameter("a", TensorType(.f64, [2])))
    let b = Term(builder, builder.parameter("b", TensorType(.f32, [2])))
    #expect(builder.einsum("i,i", [a, b]).value == .poison)
    #expect(builder.einsum("", []).value == .poison)
    #expect(builder.diagnostics.count == 2)
  }
}
