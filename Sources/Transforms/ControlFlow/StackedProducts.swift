import Basics
import TensorIR
import TensorOps

/// Cotangents of constants of a loop that are sums of products `Σₜ aₜ bₜ` of few terms each, such as those of the weights
/// of a recurrent network. The loop leaves the factors as rows, and one product of their stacks comes after it, which
/// is several times faster than as many small ones.
///
/// That is done as far as the rows take no more memory than what the loop sees of the steps anyway.
struct StackedProducts {
  /// The transposed body without the sums that are taken after the loop, and behind its results the factors' rows.
  let body: Function
  /// By constant, whether the loop sums its cotangent itself.
  let isSummedInside: [Bool]
  private var sums: [Int: Sum] = [:]

  /// A factor of every step: a stack that the loop is given, by parameter of the body, or rows that it leaves.
  private enum Factor: Hashable {
    case parameter(Int)
    case row(Int)
  }

  private indirect enum Sum {
    case product(Factor, Factor, DotAxes)
    case sum(Sum, Sum)
    case view(any Op, Sum)
  }

  /// Products with more terms are fast on their own.
  private static let greatestTermCount = 8

  /// - Parameters:
  ///   - pulled: The transposed body; its last results are cotangents of constants.
  ///   - constantCount: The number of these.
  ///   - stacks: The parameters that are rows of stacks.
  init(_ pulled: Function, constantCount: Int, stacks: [Int]) throws(Diagnostics) {
    var isSummedInside = [Bool](repeating: true, count: constantCount)
    let builder = FunctionBuilder()
    builder.reserve(pulled.instructions.count)
    let parameters = pulled.parameters.map { builder.parameter($0.name, $0.type) }
    let results = builder.inline(pulled, parameters)
    let start = results.count - constantCount
    var budget = stacks.reduce(0) { $0 + pulled.parameters[$1].type.byteCount }
    var rows: [Value] = []
    for index in 0..<constantCount {
      var finder = Finder(builder: builder, parameterCount: parameters.count, stacks: Set(stacks), rows: rows)
      guard let sum = finder.sum(results[start + index]) else { continue }
      let added = finder.rows[rows.count...].map { builder.type(of: $0) }
      let bytes = added.reduce(0) { $0 + $1.byteCount }
      let count = added.reduce(0) { $0 + $1.elementCount }
      guard bytes <= budget, count < builder.type(of: results[start + index]).elementCount else { continue }
      budget -= bytes
      rows = finder.rows
      sums[index] = sum
      isSummedInside[index] = false
    }
    self.isSummedInside = isSummedInside
    let kept = results.indices.filter { $0 < start || isSummedInside[$0 - start] }.map { results[$0] } + rows
    body = try builder.finish(
      name: pulled.name, results: kept.enumerated().map { .init("y\($0.offset)", $0.element) })
  }

  private struct Finder {
    let builder: FunctionBuilder
    let parameterCount: Int
    let stacks: Set<Int>
    var rows: [Value]

    mutating func sum(_ value: Value) -> Sum? {
      guard let (op, operands) = builder.definition(of: value) else { return nil }
      let first = operands.first ?? .poison
      switch op {
      case let dot as DotGeneral:
        let second = operands[operands.startIndex + 1]
        let extents = dot.axes.leftContracting.map { builder.type(of: first).shape[$0] }
        guard dot.axes.leftBatch.isEmpty, extents.reduce(1, *) <= StackedProducts.greatestTermCount,
          let left = factor(first), let right = factor(second)
        else { return nil }
        return .product(left, right, dot.axes)
      case let op as ElementwiseOp where op == .add:
        guard let left = sum(first), let right = sum(operands[operands.startIndex + 1]) else { return nil }
        return .sum(left, right)
      case is Transpose, is Reshape:
        return sum(first).map { .view(op, $0) }
      default: return nil
      }
    }

    private mutating func factor(_ value: Value) -> Factor? {
      if value.index < parameterCount { return stacks.contains(Int(value.index)) ? .parameter(Int(value.index)) : nil }
      if let known = rows.firstIndex(of: value) { return .row(known) }
      rows.append(value)
      return .row(rows.count - 1)
    }
  }

  /// The sum for a constant, after the loop.
  ///
  /// - Parameters:
  ///   - parameters: By parameter of the body, the stack.
  ///   - rows: The stacks that the loop left.
  func sum(_ constant: Int, parameters: [Int: Term], rows: [Term]) -> Term? {
    func stack(_ factor: Factor) -> Term? {
      switch factor {
      case .parameter(let index): parameters[index]
      case .row(let index): rows[index]
      }
    }
    func term(_ sum: Sum) -> Term? {
      switch sum {
      case .product(let left, let right, let axes):
        guard let left = stack(left), let right = stack(right) else { return nil }
        var overTime = axes
        overTime.leftContracting = [0] + axes.leftContracting.map { $0 + 1 }
        overTime.rightContracting = [0] + axes.rightContracting.map { $0 + 1 }
        return left.applying(DotGeneral(overTime), right)
      case .sum(let left, let right):
        guard let left = term(left), let right = term(right) else { return nil }
        return left + right
      case .view(let op, let inner):
        return term(inner).map { $0.builder.apply(op, [$0])[0] }
      }
    }
    return sums[constant].flatMap { term($0) }
  }
}
