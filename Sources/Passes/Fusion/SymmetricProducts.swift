import Basics
import KernelIR
import TensorIR

// Products that are their own transposition: A Aᵀ, Aᵀ diag(d) A, and what follows from these by the laws of sums and products,
// such as the Hessian Aᵀ (diag(p) - p pᵀ) A of a log-sum-exp. Half of their elements need not be computed.

extension LoweringView {
  /// Whether `y[…, i, j] = y[…, j, i]` in exact arithmetic for a dot instruction, i and j being the free axes of its operands.
  ///
  /// Its elements are written out as sums of products of elements of other values, first of the operands, then of what the
  /// operands are computed from, and so on: if one of these forms is the same with i and j exchanged, the product is symmetric.
  func isSymmetric(_ instruction: Function.Instruction, _ axes: DotAxes) -> Bool {
    let operands = [operand(0, of: instruction), operand(1, of: instruction)]
    var next = 0
    func indices(_ count: Int) -> Range<Int> {
      defer { next += count }
      return next..<(next + count)
    }
    let shapes = operands.map { function.type(of: $0).shape }
    let free = zip(
      shapes, [axes.leftBatch + axes.leftContracting, axes.rightBatch + axes.rightContracting]
    ).map { shape, used in shape.extents.indices.filter { !used.contains($0) } }
    guard free[0].map({ shapes[0][$0] }) == free[1].map({ shapes[1][$0] }) else { return false }
    let (rows, columns) = (indices(free[0].count), indices(free[1].count))
    let batch = indices(axes.leftBatch.count)
    func map(_ shape: Shape, _ free: [Int], _ own: Range<Int>, _ slices: [Int], _ summed: [Int], _ sum: Range<Int>)
      -> IndexMap
    {
      var places = [AxisID](repeating: 0, count: shape.rank)
      for (axes, indices) in [(free, own), (slices, batch), (summed, sum)] {
        for (axis, index) in zip(axes, indices) { places[axis] = index }
      }
      return IndexMap(axes: places)
    }
    let sum = indices(axes.leftContracting.count)
    let maps = [
      map(shapes[0], free[0], rows, axes.leftBatch, axes.leftContracting, sum),
      map(shapes[1], free[1], columns, axes.rightBatch, axes.rightContracting, sum),
    ]
    let extents = axes.leftContracting.map { shapes[0][$0] }
    var atoms = Int32.max
    for value in [nil] + expandable(operands) {
      if let value { atoms = value.index }
      var expansion = SumOfProducts(self, atoms: atoms, firstIndex: next)
      let start = SumOfProducts.Product(bound: Array(zip(sum, extents).map { .init(index: $0, extent: $1) }))
      guard let left = expansion.terms(of: operands[0], maps[0]),
        let right = expansion.terms(of: operands[1], maps[1]),
        let terms = expansion.multiply([start], left).flatMap({ expansion.multiply($0, right) })
      else { return false }
      if SumOfProducts.areSymmetric(terms, rows, columns) { return true }
    }
    return false
  }

  /// The values that these are computed from by sums and products, latest first.
  private func expandable(_ values: [Value]) -> [Value] {
    var (found, open) = ([Value](), Set(values))
    while found.count < SumOfProducts.greatestDepth, let value = open.max(by: { $0.index < $1.index }) {
      open.remove(value)
      guard let instruction = function.definition(of: value) else { continue }
      switch rule(instruction) {
      case .view, .reshape: break
      case .reduce(.add, _), .dot, .scalar(.add), .scalar(.sub), .scalar(.mul), .scalar(.div), .scalar(.neg),
        .scalar(.select):
        found.append(value)
      default: continue
      }
      open.formUnion(function.operands(of: instruction))
    }
    return found
  }
}
