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

/// Elements of values as sums of products of elements of other values.
struct SumOfProducts {
  /// A number that an element of a value gives.
  struct Factor: Hashable {
    enum Kind: Int {
      case element
      /// 1 divided by the element.
      case inverse
      /// Of a condition, 1 where it holds, and 1 where it does not.
      case holds
      case fails
    }

    var value: Int32
    var kind: Kind
    var map: IndexMap
  }

  /// An index that runs over its extent.
  struct BoundIndex: Hashable {
    var index: AxisID
    var extent: Int
  }

  struct Product: Hashable {
    var isNegative = false
    var bound: [BoundIndex] = []
    var factors: [Factor] = []
  }

  static let greatestDepth = 16
  private static let greatestTermCount = 16
  private static let greatestFactorCount = 12
  private static let greatestBoundCount = 4

  private let view: LoweringView
  /// Values before this one stay as they are.
  private let atoms: Int32
  private var nextIndex: AxisID

  init(_ view: LoweringView, atoms: Int32, firstIndex: AxisID) {
    self.view = view
    self.atoms = atoms
    nextIndex = firstIndex
  }

  /// The element of a value at a place; `nil` if there are too many products.
  mutating func terms(of value: Value, _ map: IndexMap) -> [Product]? {
    let atom = [factor(value, .element, map)]
    guard let instruction = view.function.definition(of: value) else { return atom }
    let operands = Array(view.function.operands(of: instruction))
    switch view.rule(instruction) {
    case .view(let axes): return terms(of: operands[0], map.through(axes))
    case .reshape:
      let shapes = [operands[0], value].map { view.function.type(of: $0).shape }
      return map.through(reshapeFrom: shapes[0], to: shapes[1]).map { terms(of: operands[0], $0) } ?? atom
    case .constant(let tensor) where tensor.uniform.map(\.isZero) ?? false: return []
    case _ where value.index < atoms: return atom
    case .scalar(.neg): return terms(of: operands[0], map)?.map(Self.negated)
    case .scalar(.add), .scalar(.sub):
      guard let left = terms(of: operands[0], map), let right = terms(of: operands[1], map) else { return nil }
      if case .scalar(.sub) = view.rule(instruction) { return limited(left + right.map(Self.negated)) }
      return limited(left + right)
    case .scalar(.mul):
      guard let left = terms(of: operands[0], map), let right = terms(of: operands[1], map) else { return nil }
      return multiply(left, right)
    case .scalar(.div):
      guard let left = terms(of: operands[0], map) else { return nil }
      return multiply(left, [factor(operands[1], .inverse, map)])
    case .scalar(.select):
      guard let holding = terms(of: operands[1], map), let failing = terms(of: operands[2], map),
        let left = multiply([factor(operands[0], .holds, map)], holding),
        let right = multiply([factor(operands[0], .fails, map)], failing)
      else { return nil }
      return limited(left + right)
    case .reduce(.add, let axes):
      let shape = view.function.type(of: operands[0]).shape
      let bound = axes.map { bind(shape[$0]) }
      var kept = map.axes[...]
      let places = shape.extents.indices.map { axis in
        if let place = axes.firstIndex(of: axis) {
          return AffineIndex(terms: [.init(axis: bound[place].index, coefficient: 1)])
        }
        return kept.popFirst() ?? AffineIndex()
      }
      guard let terms = terms(of: operands[0], IndexMap(places)) else { return nil }
      return multiply([Product(bound: bound)], terms)
    case .dot(let axes): return dot(operands[0], operands[1], axes, map)
    default: return atom
    }
  }

  private mutating func dot(_ left: Value, _ right: Value, _ axes: DotAxes, _ map: IndexMap) -> [Product]? {
    let shapes = [left, right].map { view.function.type(of: $0).shape }
    let bound = axes.leftContracting.map { bind(shapes[0][$0]) }
    let summed = bound.map { AffineIndex(terms: [.init(axis: $0.index, coefficient: 1)]) }
    let batch = Array(map.axes.prefix(axes.leftBatch.count))
    var free = map.axes.dropFirst(batch.count)
    func places(_ shape: Shape, _ slices: [Int], _ contracted: [Int]) -> IndexMap {
      IndexMap(
        shape.extents.indices.map { axis in
          if let place = slices.firstIndex(of: axis) { return batch[place] }
          if let place = contracted.firstIndex(of: axis) { return summed[place] }
          return free.popFirst() ?? AffineIndex()
        })
    }
    let maps = [
      places(shapes[0], axes.leftBatch, axes.leftContracting),
      places(shapes[1], axes.rightBatch, axes.rightContracting),
    ]
    guard let a = terms(of: left, maps[0]), let b = terms(of: right, maps[1]) else { return nil }
    return multiply([Product(bound: bound)], a).flatMap { multiply($0, b) }
  }

  /// Every product of the one sum with every product of the other.
  func multiply(_ left: [Product], _ right: [Product]) -> [Product]? {
    guard left.count * right.count <= Self.greatestTermCount else { return nil }
    return limited(
      left.flatMap { a in
        right.map { b in
          Product(
            isNegative: a.isNegative != b.isNegative, bound: a.bound + b.bound, factors: a.factors + b.factors)
        }
      })
  }

  private func limited(_ terms: [Product]) -> [Product]? {
    let areFew =
      terms.count <= Self.greatestTermCount
      && terms.allSatisfy { $0.factors.count <= Self.greatestFactorCount && $0.bound.count <= Self.greatestBoundCount }
    return areFew ? terms : nil
  }

  private static func negated(_ product: Product) -> Product {
    var product = product
    product.isNegative.toggle()
    return product
  }

  private mutating func bind(_ extent: Int) -> BoundIndex {
    nextIndex += 1
    return BoundIndex(index: nextIndex - 1, extent: extent)
  }

  private func factor(_ value: Value, _ kind: Factor.Kind, _ map: IndexMap) -> Product {
    let (base, map) = baseOf(value, map)
    return Product(factors: [Factor(value: base.index, kind: kind, map: map)])
  }

  /// The value behind views.
  private func baseOf(_ value: Value, _ map: IndexMap) -> (Value, IndexMap) {
    guard let instruction = view.function.definition(of: value) else { return (value, map) }
    let operand = view.function.operands(of: instruction).first ?? value
    switch view.rule(instruction) {
    case .view(let axes): return baseOf(operand, map.through(axes))
    case .reshape:
      let shapes = [operand, value].map { view.function.type(of: $0).shape }
      return map.through(reshapeFrom: shapes[0], to: shapes[1]).map { baseOf(operand, $0) } ?? (value, map)
    default: return (value, map)
    }
  }
}

// MARK: Exchanging indices

extension SumOfProducts {
  /// Whether a sum is the same with rows and columns exchanged, whatever the names of indices that are summed over.
  static func areSymmetric(_ terms: [Product], _ rows: Range<AxisID>, _ columns: Range<AxisID>) -> Bool {
    // What rows pick from, columns must pick from too.
    func values(_ indices: Range<AxisID>) -> [Int32] {
      terms.flatMap(\.factors).filter { factor in
        factor.map.axes.contains { $0.terms.contains { indices.contains($0.axis) } }
      }.map(\.value).sorted()
    }
    guard values(rows) == values(columns) else { return false }
    var exchange: [AxisID: AxisID] = [:]
    for (row, column) in zip(rows, columns) { (exchange[row], exchange[column]) = (column, row) }
    func counts(_ names: [AxisID: AxisID]) -> [Product: Int] {
      Dictionary(terms.map { ($0.renamed(names).canonical(), 1) }, uniquingKeysWith: +)
    }
    return counts([:]) == counts(exchange)
  }
}

extension SumOfProducts.Product {
  fileprivate func renamed(_ names: [AxisID: AxisID]) -> Self {
    var product = self
    for position in factors.indices {
      product.factors[position].map = IndexMap(
        factors[position].map.axes.map { index in
          var renamed = AffineIndex(offset: index.offset)
          for term in index.terms { renamed.add(names[term.axis] ?? term.axis, times: term.coefficient) }
          return renamed
        })
    }
    return product
  }

  /// Of all ways to name the indices that are summed over -1, -2, …, the first in an order of their texts.
  fileprivate func canonical() -> Self {
    var best: (key: [[Int]], product: Self)?
    for order in permutations(bound.indices) {
      var names: [AxisID: AxisID] = [:]
      for (place, position) in order.enumerated() { names[bound[position].index] = -1 - place }
      var product = renamed(names)
      product.bound = order.enumerated().map { .init(index: -1 - $0, extent: bound[$1].extent) }
      product.factors.sort { $0.key.lexicographicallyPrecedes($1.key) }
      let key = [product.bound.map(\.extent)] + product.factors.map(\.key)
      if best.map({ key.lexicographicallyPrecedes($0.key) { $0.lexicographicallyPrecedes($1) } }) ?? true {
        best = (key, product)
      }
    }
    return best?.product ?? self
  }

  private func permutations(_ positions: Range<Int>) -> [[Int]] {
    positions.reduce([[]]) { found, position in
      found.flatMap { order in
        (0...order.count).map { place in Array(order[..<place]) + [position] + Array(order[place...]) }
      }
    }
  }
}

extension SumOfProducts.Factor {
  fileprivate var key: [Int] {
    [Int(value), kind.rawValue]
      + map.axes.flatMap { [$0.offset, $0.terms.count] + $0.terms.flatMap { [$0.axis, $0.coefficient] } }
  }
}
