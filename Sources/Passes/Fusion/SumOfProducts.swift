import Basics
import KernelIR
import TensorIR

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
    // What rows pick from, columns must pick from too, next to the same others: this is quickly seen.
    guard outlines(terms, rows, columns) == outlines(terms, columns, rows) else { return false }
    var exchange: [AxisID: AxisID] = [:]
    for (row, column) in zip(rows, columns) { (exchange[row], exchange[column]) = (column, row) }
    func counts(_ names: [AxisID: AxisID]) -> [Product: Int] {
      Dictionary(terms.map { ($0.renamed(names).canonical(), 1) }, uniquingKeysWith: +)
    }
    return counts([:]) == counts(exchange)
  }
}

extension SumOfProducts {
  /// Of every product a number for each of its factors, in an order of these numbers: what it picks from, where, and whether by
  /// the first indices, the second, or summed ones, which are told apart by the other factors that they pick from.
  private static func outlines(_ terms: [Product], _ first: Range<AxisID>, _ second: Range<AxisID>) -> [[UInt]] {
    let outlines = terms.map { term -> [UInt] in
      let own = term.factors.map { factor -> UInt in
        var code = UInt(bitPattern: Int(factor.value)) << 2 | UInt(factor.kind.rawValue)
        for (place, index) in factor.map.axes.enumerated() {
          code &+= mixed(UInt(bitPattern: index.offset), place)
          for part in index.terms {
            let kind: UInt = first.contains(part.axis) ? 1 : second.contains(part.axis) ? 2 : 3
            code &+= mixed(UInt(bitPattern: part.coefficient) << 2 | kind, ~place)
          }
        }
        return code
      }
      var outline = own
      // Twice, so that two factors are told apart by what is two indices away.
      for _ in 0..<2 {
        var colours = term.bound.map { UInt(bitPattern: $0.extent) }
        term.forEachPick { factor, place, bound in colours[bound] &+= mixed(outline[factor], place) }
        outline = own
        term.forEachPick { factor, place, bound in outline[factor] &+= mixed(colours[bound], place) }
      }
      outline.sort()
      outline.append(term.isNegative ? 1 : 0)
      return outline
    }
    return outlines.sorted { $0.lexicographicallyPrecedes($1) }
  }

  private static func mixed(_ number: UInt, _ place: Int) -> UInt {
    // The multiplier is 2^64 divided by the golden ratio.
    let product = (number ^ UInt(bitPattern: place) << 56) &* 0x9E37_79B9_7F4A_7C15
    return product ^ product >> 29
  }
}

extension SumOfProducts.Product {
  /// Every summed index in every place that a factor picks by it, as positions in the lists of this product.
  fileprivate func forEachPick(_ visit: (_ factor: Int, _ place: Int, _ bound: Int) -> Void) {
    for factor in factors.indices {
      for (place, index) in factors[factor].map.axes.enumerated() {
        for part in index.terms {
          if let bound = bound.firstIndex(where: { $0.index == part.axis }) { visit(factor, place, bound) }
        }
      }
    }
  }

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
    for order in orders() {
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

  /// The orders of the summed indices that could be the first: by what they pick from, and where that is the same every one.
  private func orders() -> [[Int]] {
    let uses = bound.map { bound in
      [bound.extent]
        + factors.flatMap { factor in
          factor.map.axes.indices.flatMap { place in
            factor.map.axes[place].terms.filter { $0.axis == bound.index }.flatMap { term in
              [Int(factor.value) << 8 | factor.kind.rawValue << 6 | place, term.coefficient]
            }
          }
        }.sorted()
    }
    let sorted = bound.indices.sorted { uses[$0].lexicographicallyPrecedes(uses[$1]) }
    var orders: [[Int]] = [[]]
    var start = 0
    while start < sorted.count {
      let end = sorted[start...].firstIndex { uses[$0] != uses[sorted[start]] } ?? sorted.count
      let ways = permutations(start..<end)
      orders = orders.flatMap { head in ways.map { way in head + way.map { sorted[$0] } } }
      start = end
    }
    return orders
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
