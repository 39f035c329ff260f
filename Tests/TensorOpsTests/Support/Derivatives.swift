import Basics
import TensorIR
import TensorOps

/// The tangent of an op's first result by its derivative rule, as forward mode applies it; `nil` is zero.
func pushforward(_ op: any Op, _ builder: FunctionBuilder, _ operands: [Term], _ tangents: [Term?]) -> Term? {
  let results = builder.apply(op, operands)
  switch op.derivative {
  // Functions within ops are transformed, and tested, in Transforms.
  case .zero, .controlFlow: return nil
  case .elementwise(let partials):
    let parts = zip(partials, tangents).compactMap { partial, tangent in
      tangent.map { partial(operands, results[0]) * $0 }
    }
    return parts.dropFirst().reduce(parts.first) { sum, part in sum.map { $0 + part } }
  case .signedSum(let signs):
    let parts = zip(signs, tangents).compactMap { sign, tangent in tangent.map { sign == .plus ? $0 : -$0 } }
    return parts.dropFirst().reduce(parts.first) { sum, part in sum.map { $0 + part } }
  case .linear(let linear, _):
    let arguments = operands.indices.map { index in
      linear.contains(index) ? tangents[index] ?? operands[index].zeros : operands[index]
    }
    return builder.apply(op, arguments)[0]
  case .bilinear:
    let left = tangents[0].map { builder.apply(op, [$0, operands[1]])[0] }
    let right = tangents[1].map { builder.apply(op, [operands[0], $0])[0] }
    guard let left, let right else { return left ?? right }
    return left + right
  case .custom(let jvp, _):
    return jvp(JVPArguments(builder: builder, operands: operands, results: results, tangents: tangents))[0]
  }
}

extension OpExample {
  /// Operands of a floating dtype in which the derivative is not zero by definition.
  var differentiableOperands: [Int] {
    operands.indices.filter { index in
      guard operands[index].dtype.isFloating else { return false }
      switch op.derivative {
      case .zero, .controlFlow: return false
      case .linear(let linear, _): return linear.contains(index)
      default: return true
      }
    }
  }

  /// Whether the result is of a floating dtype and varies with operands.
  var isDifferentiable: Bool {
    !differentiableOperands.isEmpty && (try? op.resultTypes(operands))?.first?.dtype.isFloating == true
  }

  /// What rounding may do to inner products with results.
  var tolerance: Double { isDouble ? 1e-12 : 1e-4 }

  /// Whether it is one for finite differences: every floating operand is f64, and so is the result.
  var isDouble: Bool {
    !operands.contains { $0.dtype == .f32 } && operands.contains { $0.dtype == .f64 }
      && (try? op.resultTypes(operands))?.first?.dtype == .f64
  }
}

extension OpExample: CustomStringConvertible {
  /// The op with its attributes, and the operands' types.
  public var description: String {
    let attributes = op.attributes.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
    return "\(op.name) {\(attributes)} \(operands)"
  }
}
