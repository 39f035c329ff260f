import Basics
import KernelIR
import TensorIR

/// Tensors of one shape that are put side by side, as columns of a matrix are: boxes that differ along axes of extent 1
/// alone. One loop writes them all, the one that computes them, as elements of one index lie together.
struct StackedBoxes {
  /// What the boxes hold, behind reshapes.
  let sources: [Value]
  /// The shape of the sources.
  let domain: Shape
  private let placements: [Placement]
  private let boxShape: Shape

  /// `nil` if boxes are of another kind.
  init?(_ instruction: Function.Instruction, _ view: LoweringView) {
    guard case .place(let placements, nil) = view.rule(instruction), 2...CostModel.greatestStack ~= placements.count
    else {
      return nil
    }
    let operands = placements.map { view.operand($0.operand, of: instruction) }
    let shape = view.function.type(of: operands[0]).shape
    guard shape.elementCount > 1, operands.allSatisfy({ view.function.type(of: $0).shape == shape }) else { return nil }
    for axis in shape.extents.indices where shape[axis] != 1 {
      guard placements.allSatisfy({ $0.offsets[axis] == 0 && $0.strides[axis] == 1 }) else { return nil }
    }
    let bases = operands.map { view.memoryBase(of: $0) }
    let base = view.function.type(of: bases[0]).shape
    let isNarrowed =
      base.extents.filter { $0 != 1 } == shape.extents.filter { $0 != 1 }
      && bases.allSatisfy { view.function.type(of: $0).shape == base }
    self.placements = placements
    (sources, domain, boxShape) = (isNarrowed ? bases : operands, isNarrowed ? base : shape, shape)
  }

  /// Where box `number` has its element at a point of the domain, in the tensor they are put into.
  func map(_ number: Int, at point: IndexMap) -> IndexMap {
    var moving = zip(domain.extents, point.axes).filter { $0.0 != 1 }.map(\.1).makeIterator()
    return IndexMap(
      boxShape.extents.indices.map { axis in
        guard boxShape[axis] != 1, let index = moving.next() else {
          return AffineIndex(offset: placements[number].offsets[axis])
        }
        return index
      })
  }
}
