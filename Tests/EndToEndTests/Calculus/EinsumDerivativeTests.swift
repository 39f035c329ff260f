import Basics
import TensorIR
import TensorOps
import TestSupport
import Testing
import Transforms

/// Einstein sums of any number of operands: both modes against central differences, and in every tier.
@Suite struct EinsumDerivativeTests {
  static let cases: [(formula: String, shapes: [Shape])] = [
    ("ij,jk->ik", [[2, 3], [3, 4]]), ("ij,j->i", [[2, 3], [3]]), ("i,i->", [[4], [4]]), ("i,j->ij", [[2], [3]]),
    ("ij->ji", [[2, 3]]), ("ij->", [[2, 3]]), ("ij->j", [[2, 3]]), ("ii->", [[3, 3]]), ("ii->i", [[3, 3]]),
    ("bij,bjk->bik", [[2, 2, 3], [2, 3, 2]]), ("ij,jk,kl->il", [[2, 3], [3, 2], [2, 4]]),
    ("i,ij,j->", [[2], [2, 3], [3]]), ("ijk,ijk->k", [[2, 2, 3], [2, 2, 3]]), ("a,b,c,d->abcd", [[2], [1], [2], [3]]),
    ("iij,j->i", [[2, 2, 3], [3]]), ("ij,ij,ij->ij", [[2, 3], [2, 3], [2, 3]]),
    ("ab,bc,ca->", [[2, 3], [3, 2], [2, 2]]),
    ("i,->i", [[3], []]), ("ij,jk->ik", [[2, 0], [0, 3]]),
  ]

  @Test func bothModes() throws {
    var random = SplitMix(seed: 1)
    var subjects: [(formula: String, subject: Subject, expected: [ReferenceTensor])] = []
    for (formula, shapes) in Self.cases {
      let builder = FunctionBuilder()
      let types = shapes.map { TensorType(.f64, $0) }
      let operands = types.enumerated().map { Term(builder, builder.parameter("x\($0)", $1)) }
      let function = try builder.finish(
        name: "einsum", results: [.init("y", builder.einsum(formula, operands).value)])
      let wrt = Array(types.indices)
      let x = types.map { ReferenceTensor.sample($0, from: .range(-1...1), &random) }
      let v = types.map { ReferenceTensor.sample($0, from: .range(-1...1), &random) }
      let c = ReferenceTensor.sample(function.resultTypes[0], from: .range(-1...1), &random)

      let forward = try function.jvp(wrt: wrt)
      let pushed = try Interpreter.evaluate(forward, x + v)
      func moved(_ step: Double) throws -> [Double] {
        let inputs = zip(x, v).map { x, v in
          ReferenceTensor(floating: zip(x.doubles, v.doubles).map { $0 + step * $1 }, type: x.type)
        }
        return try Interpreter.evaluate(function, inputs)[0].doubles
      }
      let (above, below) = (try moved(1e-5), try moved(-1e-5))
      let difference = ReferenceTensor(floating: zip(above, below).map { ($0 - $1) / 2e-5 }, type: c.type)
      #expect(firstDifference([difference], [pushed[1]]) { _ in 1e-8 } == nil, "\(formula)")

      let reverse = try function.vjp(wrt: wrt)
      let pulled = try Interpreter.evaluate(reverse, x + [c])
      func dot(_ a: ReferenceTensor, _ b: ReferenceTensor) -> Double {
        zip(a.doubles, b.doubles).reduce(0) { $0 + $1.0 * $1.1 }
      }
      let product = zip(pulled.dropFirst(), v).reduce(0) { $0 + dot($1.0, $1.1) }
      #expect(abs(product - dot(c, pushed[1])) <= 1e-12 * max(1, abs(product)), "\(formula)")

      for (derivative, inputs, expected) in [(forward, x + v, pushed), (reverse, x + [c], pulled)] {
        subjects.append((formula, try Subject(derivative, inputs), expected))
      }
    }
    let portable = try PortableLibrary(subjects.map(\.subject), compiler: "gcc", optimisation: "-O0")
    for (index, (formula, subject, expected)) in subjects.enumerated() {
      for found in [try subject.tiled(), try subject.interpreted(), try portable.results(of: index)] {
        let problem = firstDifference(expected, found) { _ in 1e-12 }
        #expect(problem == nil, "\(formula): \(problem ?? "")")
      }
    }
  }

  /// Value, tangent and cotangents against sums over all values of all indices, in the interpreter and as machine code.
  @Test func randomSums() throws {
    for seed in fuzzSeeds(60) {
      let sum = RandomEinsum(seed: seed, operandCount: 1...(seed % 10 == 0 ? 12 : 5))
      let builder = FunctionBuilder()
      let types = sum.shapes.map { TensorType(.f64, $0) }
      let operands = types.enumerated().map { Term(builder, builder.parameter("x\($0)", $1)) }
      let function = try builder.finish(
        name: "einsum", results: [.init("y", builder.einsum(sum.formula, operands).value)])
      var random = SplitMix(seed: seed)
      let x = types.map { ReferenceTensor.sample($0, from: .range(-1...1), &random) }
      let v = types.map { ReferenceTensor.sample($0, from: .range(-1...1), &random) }
      let c = ReferenceTensor.sample(function.resultTypes[0], from: .range(-1...1), &random)
      let wrt = Array(types.indices)
      let value = sum.value(x)
      var tangent = [Double](repeating: 0, count: value.count)
      for place in x.indices {
        var moved = x
        moved[place] = v[place]
        tangent = zip(tangent, sum.value(moved)).map { $0 + $1 }
      }
      let cotangents = x.indices.map { ReferenceTensor(floating: sum.gradient(x, c, by: $0), type: types[$0]) }
      let y = ReferenceTensor(floating: value, type: c.type)
      let forward = (try function.jvp(wrt: wrt), x + v, [y, ReferenceTensor(floating: tangent, type: c.type)])
      let reverse = (try function.vjp(wrt: wrt), x + [c], [y] + cotangents)
      for (derivative, inputs, expected) in [forward, reverse] {
        for found in [try Interpreter.evaluate(derivative, inputs), try Subject(derivative, inputs).tiled()] {
          let problem = firstDifference(expected, found) { _ in 1e-11 }
          #expect(problem == nil, "\(seed): \(sum): \(problem ?? "")")
        }
      }
    }
  }
}
