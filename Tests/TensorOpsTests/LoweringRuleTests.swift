import Basics
import KernelIR
import TensorIR
import TensorOps
import Testing

/// What lowering rules say, read plainly, is what references compute.
@Suite struct LoweringRuleTests {
  @Test(arguments: OpRegistry.examples)
  func ruleEqualsReference(_ example: OpExample) throws {
    var generator = SplitMix(seed: 6)
    let operands = generator.operands(example)
    let result = try example.op.reference(operands)[0]
    for position in 0..<result.count {
      let index = result.shape.index(at: position)
      guard let element = element(example.op.lowering, operands, index, result.type) else { continue }
      #expect(element == result.scalar(at: position), "at \(index)")
    }
  }

  private func position(_ index: [Int], _ shape: Shape) -> Int {
    zip(index, shape.strides).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// The element at an index of a result; `nil` for kinds of rule that repeat the reference.
  private func element(
    _ rule: LoweringRule, _ operands: [ReferenceTensor], _ index: [Int], _ type: TensorType
  ) -> Scalar? {
    switch rule {
    case .constant(let tensor): return tensor.scalar(at: position(index, type.shape))
    case .iota(let axis): return Scalar(Int64(index[axis]), as: type.dtype)
    case .reshape: return operands[0].scalar(at: position(index, type.shape))
    case .view(let axes):
      guard axes.count == operands[0].shape.rank else { return Scalar(0.0, as: .bool) }
      let source = axes.map { $0.index(at: index) }
      return operands[0].scalar(at: position(source, operands[0].shape))
    case .place(let placements, let fill):
      for placement in placements {
        let operand = operands[placement.operand]
        let source = index.indices.map {
          (index[$0] - placement.offsets[$0]).quotientAndRemainder(dividingBy: placement.strides[$0])
        }
        let isInside = index.indices.allSatisfy {
          index[$0] >= placement.offsets[$0] && source[$0].remainder == 0 && source[$0].quotient < operand.shape[$0]
        }
        if isInside { return operand.scalar(at: position(source.map(\.quotient), operand.shape)) }
      }
      switch fill {
      case .scalar(let scalar)?: return scalar
      case .operand(let operand)?: return operands[operand].scalar(at: 0)
      case nil: return Scalar(0.0, as: .bool)
      }
    default: return nil
    }
  }
}
