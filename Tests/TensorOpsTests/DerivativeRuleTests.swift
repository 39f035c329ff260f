import Basics
import TensorIR
import TensorOps
import Testing

@Suite struct DerivativeRuleTests {
  /// Every rule against central differences of the reference, in every operand.
  @Test(arguments: OpRegistry.examples.filter { $0.isSmooth && $0.isDouble })
  func forwardRuleEqualsFiniteDifferences(_ example: OpExample) throws {
    var generator = SplitMix(seed: 4)
    let operands = generator.operands(example)
    for index in example.differentiableOperands {
      let direction = generator.direction(example.operands[index])
      let pushed = try evaluate(operands + [direction]) { builder, terms in
        let (x, v) = (Array(terms.dropLast()), terms[terms.count - 1])
        let tangent = pushforward(example.op, builder, x, x.indices.map { $0 == index ? v : nil })
        return [tangent ?? builder.apply(example.op, x)[0].zeros]
      }[0]
      func moved(_ step: Double) throws -> ReferenceTensor {
        var copy = operands
        copy[index] = copy[index].adding(step, direction)
        return try example.op.reference(copy)[0]
      }
      // Fourth order: the error is about step⁴.
      let step = 1e-3
      let (near, far) = (try moved(step).adding(-1, moved(-step)), try moved(2 * step).adding(-1, moved(-2 * step)))
      let difference = ReferenceTensor(
        floating: zip(near.doubles, far.doubles).map { (8 * $0 - $1) / (12 * step) }, type: near.type)
      #expect(agree(pushed, difference, tolerance: 1e-8), "operand \(index): \(pushed.doubles) \(difference.doubles)")
    }
  }

  /// ⟨c, J v⟩ = ⟨Jᵀ c, v⟩ for every rule that has a transpose.
  @Test(arguments: OpRegistry.examples.filter(\.isDifferentiable))
  func transposeIsAdjoint(_ example: OpExample) throws {
    var generator = SplitMix(seed: 5)
    let operands = generator.operands(example)
    let cotangent = generator.direction(try example.op.resultTypes(example.operands)[0])
    switch example.op.derivative {
    case .linear(let linear, let transpose):
      let all = example.operands.indices.filter { linear.contains($0) && example.operands[$0].dtype.isFloating }
      // All linear operands vary at once, or one alone, the others being fixed.
      for varying in [all] + all.map({ [$0] }) {
        let v = example.operands.indices.map { index in
          varying.contains(index) ? generator.direction(example.operands[index]) : operands[index]
        }
        let zeroed = example.operands.indices.map { index in
          all.contains(index) && !varying.contains(index)
            ? ReferenceTensor(repeating: Scalar(0.0, as: v[index].dtype), shape: v[index].shape) : v[index]
        }
        let pushed = try example.op.reference(zeroed)[0]
        let pulled = try evaluate(operands + [cotangent]) { builder, terms in
          let fixed: [Term?] = example.operands.indices.map { varying.contains($0) ? nil : terms[$0] }
          let cotangents = transpose(
            TransposeArguments(
              builder: builder, cotangents: [terms[terms.count - 1]], operands: fixed,
              operandTypes: example.operands))
          #expect(cotangents.count == example.operands.count)
          return varying.map { cotangents[$0] ?? builder.zeros(example.operands[$0]) }
        }
        #expect(pulled.map(\.type) == varying.map { example.operands[$0] })
        let left = cotangent.dot(pushed)
        let right = zip(pulled, varying).reduce(0) { $0 + $1.0.dot(v[$1.1]) }
        #expect(abs(left - right) <= example.tolerance * max(1, abs(left)), "operands \(varying): \(left) \(right)")
      }
    case .bilinear(let left, let right):
      let v = example.operands.map { generator.direction($0) }
      let pulled = try evaluate(operands + [cotangent]) { _, terms in
        [left(terms[2], terms[1], example.operands[0]), right(terms[2], terms[0], example.operands[1])]
      }
      #expect(pulled.map(\.type) == example.operands)
      let byLeft = cotangent.dot(try example.op.reference([v[0], operands[1]])[0])
      let byRight = cotangent.dot(try example.op.reference([operands[0], v[1]])[0])
      #expect(abs(byLeft - pulled[0].dot(v[0])) <= example.tolerance * max(1, abs(byLeft)))
      #expect(abs(byRight - pulled[1].dot(v[1])) <= example.tolerance * max(1, abs(byRight)))
    default: break
    }
  }

  /// A zero cotangent stays a symbolic zero.
  @Test(arguments: OpRegistry.examples.filter(\.isDifferentiable))
  func transposeOfNothingIsNothing(_ example: OpExample) throws {
    guard case .linear(_, let transpose) = example.op.derivative else { return }
    let builder = FunctionBuilder()
    let pulled = transpose(
      TransposeArguments(
        builder: builder, cotangents: [nil], operands: example.operands.map { _ in nil },
        operandTypes: example.operands))
    #expect(pulled.count == example.operands.count)
    #expect(!pulled.contains { $0 != nil })
    #expect(builder.instructionCount == 0)
  }

  /// What forward mode writes is linear in the tangent: every op on the way from it has a transpose.
  @Test(arguments: OpRegistry.examples.filter(\.isDifferentiable))
  func forwardRuleIsTransposable(_ example: OpExample) throws {
    for index in example.differentiableOperands {
      let builder = FunctionBuilder()
      let x = example.operands.enumerated().map { Term(builder, builder.parameter("x\($0.offset)", $0.element)) }
      let v = Term(builder, builder.parameter("v", example.operands[index]))
      guard let tangent = pushforward(example.op, builder, x, x.indices.map { $0 == index ? v : nil }) else { continue }
      let function = try builder.finish(name: "linear", results: [.init("dy", tangent.value)])
      var depends = [Bool](repeating: false, count: function.valueCount)
      depends[Int(v.value.index)] = true
      for instruction in function.instructions {
        let varying = function.operands(of: instruction).map { depends[Int($0.index)] }
        guard varying.contains(true) else { continue }
        for result in function.results(of: instruction) { depends[Int(result.index)] = true }
        let op = function.op(of: instruction)
        switch op.derivative {
        case .linear(let linear, _): #expect(varying.indices.allSatisfy { !varying[$0] || linear.contains($0) })
        case .bilinear: #expect(varying != [true, true])
        case .signedSum(let signs): #expect(signs.count == varying.count)
        case .custom(_, let transpose): #expect(transpose != nil, "\(op.name)")
        case .zero, .elementwise, .controlFlow: Issue.record("'\(op.name)' is no linear op")
        }
      }
    }
  }
}
