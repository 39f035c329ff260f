import Basics
import TensorIR
import TensorOps

// Computing what does not depend on parameters.
extension Rewriter {
  func fold(_ op: any Op, _ operands: [Value]) -> Value? {
    guard !operands.isEmpty, !(op is Broadcast) else { return nil }
    return foldSplats(op, operands) ?? foldTensors(op, operands)
  }

  /// An elementwise op on splats is a splat.
  func foldSplats(_ op: any Op, _ operands: [Value]) -> Value? {
    switch op.lowering {
    case .scalar, .cast: break
    default: return nil
    }
    var scalars: [ReferenceTensor] = []
    for operand in operands {
      guard let scalar = splat(operand) else { return nil }
      scalars.append(ReferenceTensor(repeating: scalar, shape: .scalar))
    }
    guard let result = try? op.reference(scalars)[0] else { return nil }
    return builder.splat(result.scalar(at: 0), builder.type(of: operands[0]).shape).value
  }

  /// An op on small constant tensors is a constant.
  func foldTensors(_ op: any Op, _ operands: [Value]) -> Value? {
    var tensors: [ReferenceTensor] = []
    for operand in operands {
      // Not by its rule: making that of a concat of many parts, once for every use, would cost more than the folding.
      guard let constant = builder.definition(of: operand)?.op as? Constant, constant.tensor.count <= 256 else {
        return nil
      }
      tensors.append(constant.tensor)
    }
    guard !(op is StopGradient), let types = try? op.resultTypes(tensors.map(\.type)), types[0].elementCount <= 256,
      let result = try? op.reference(tensors)[0]
    else { return nil }
    return builder.emit(Constant(result), [])[0]
  }
}
