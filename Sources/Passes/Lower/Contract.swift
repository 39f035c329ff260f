import Basics
package import KernelIR

/// Products that are added become fused multiply-adds, rounded once instead of twice: what a C compiler does to
/// `a * b + c` on a chip with the instruction. Results then differ from those of the tensor IR by rounding, and are the
/// same on every chip, as fma is an operation of kernel IR and not a compiler's choice.
///
/// It pays where a call of the runtime does a whole tile, so that scalar code keeps its products: there an fma is a call
/// for one element.
extension Program {
  /// The program with contracted kernels.
  package func contracted() -> Program {
    var program = self
    program.steps = steps.mapLeaves { step in
      guard case .kernel(let kernel) = step else { return step }
      var contraction = Contraction(kernel)
      return contraction.run().map { .kernel($0) } ?? step
    }
    return program
  }
}

/// The forms that are contracted; a and b make a product that nothing else uses.
enum ContractionRule: String, CaseIterable {
  /// `a * b + c → fma(a, b, c)`, and `c + a * b`.
  case mulAdd = "mul-add"
  /// `a * b - c → fma(a, b, -c)`; the sign of a product with a number is the number's.
  case mulSub = "mul-sub"
  /// `c - a * b → fma(-a, b, c)`; the factor with the sign is the uniform one if there is one.
  case subMul = "sub-mul"
}

/// One kernel on its way. A value is contracted with products of its own list of statements only, so that no product
/// moves into a loop.
private struct Contraction {
  private struct Product {
    var a: ValueID
    var b: ValueID
  }

  // Lists by value and not dictionaries: the first of a type takes longer to be made than the rest of a small kernel's pass.

  private var kernel: Kernel
  private var useCount: [Int32]
  /// The list of statements that the product of two others stands in, while it may be contracted; 0 for none.
  private var productScope: [Int32]
  private var factors: (left: [ValueID], right: [ValueID])
  /// Products whose statements go.
  private var isRemoved: [Bool]
  private var isChanged = false
  /// The place in `constants`, or -1.
  private var constantNumber: [Int32]
  private var constants: [Scalar] = []
  /// By constant, the value with the other sign, or none; and the constants that have one, in the order in which these came.
  private var negatedConstants: [ValueID] = []
  private var negations: [Int] = []
  private var scopeCount: Int32 = 0

  init(_ kernel: Kernel) {
    self.kernel = kernel
    let count = kernel.values.count
    useCount = Array(repeating: 0, count: count)
    productScope = useCount
    factors = (Array(repeating: .none, count: count), Array(repeating: .none, count: count))
    isRemoved = Array(repeating: false, count: count)
    constantNumber = Array(repeating: -1, count: count)
  }

  /// The contracted kernel; `nil` if there is nothing to do.
  mutating func run() -> Kernel? {
    guard Contraction.hasTiles(kernel.body) else { return nil }
    countUses(kernel.body)
    let body = visit(kernel.body)
    guard isChanged else { return nil }
    kernel.body = negations.map { .constant(negatedConstants[$0], ScalarOp.neg.evaluate(constants[$0])) } + body
    return kernel.compacted()
  }

  private static func hasTiles(_ body: [Statement]) -> Bool {
    body.contains {
      if case .tile = $0 { return true }
      if case .loop(_, let inner) = $0 { return hasTiles(inner) }
      return false
    }
  }

  private mutating func countUses(_ body: [Statement]) {
    for statement in body {
      if let (_, inner) = statement.scope { countUses(inner) }
      statement.forUses { useCount[Int($0.index)] += 1 }
    }
  }

  private func info(_ value: ValueID) -> ValueInfo { kernel.values[Int(value.index)] }
  private func isTile(_ value: ValueID) -> Bool { info(value).kind == .tile }

  // MARK: Rewriting

  private mutating func visit(_ body: [Statement]) -> [Statement] {
    scopeCount += 1
    let scope = scopeCount
    var result: [Statement] = []
    result.reserveCapacity(body.count)
    for statement in body {
      switch statement {
      case .loop(let axis, let inner): result.append(.loop(axis, visit(inner)))
      case .tile(let axis, let inner): result.append(.tile(axis, visit(inner)))
      case .constant(let value, let scalar):
        constantNumber[Int(value.index)] = Int32(constants.count)
        constants.append(scalar)
        negatedConstants.append(.none)
        result.append(statement)
      case .compute(let value, .mul, let a, let b, _):
        if isTile(value), info(value).dtype.isFloating, useCount[Int(value.index)] == 1 {
          let index = Int(value.index)
          (productScope[index], factors.left[index], factors.right[index]) = (scope, a, b)
        }
        result.append(statement)
      case .compute(let value, let op, let a, let b, _) where op == .add || op == .sub:
        result += contracted(value, op, a, b, scope) ?? [statement]
      default: result.append(statement)
      }
    }
    // Their statements are dropped here; what they leave behind elsewhere is a list without them.
    return result.filter { statement in
      guard case .compute(let value, .mul, _, _, _) = statement else { return true }
      return !isRemoved[Int(value.index)]
    }
  }

  private mutating func contracted(
    _ value: ValueID, _ op: ScalarOp, _ a: ValueID, _ b: ValueID, _ scope: Int32
  ) -> [Statement]? {
    // Of two products the first is contracted, as by a C compiler.
    if let product = takeProduct(a, scope) {
      if op == .add { return fma(.mulAdd, value, product, b, scope) }
      return fma(.mulSub, value, product, b, scope, spare: a)
    }
    guard let product = takeProduct(b, scope) else { return nil }
    return op == .add ? fma(.mulAdd, value, product, a, scope) : fma(.subMul, value, product, a, scope, spare: b)
  }

  private mutating func takeProduct(_ value: ValueID, _ scope: Int32) -> Product? {
    let index = Int(value.index)
    guard productScope[index] == scope else { return nil }
    productScope[index] = 0
    isRemoved[index] = true
    isChanged = true
    return Product(a: factors.left[index], b: factors.right[index])
  }

  /// The statements of a rule; `spare` is the number that the product no longer needs.
  private mutating func fma(
    _ rule: ContractionRule, _ value: ValueID, _ product: Product, _ c: ValueID, _ scope: Int32, spare: ValueID = .none
  ) -> [Statement] {
    let (a, b) = (product.a, product.b)
    switch rule {
    case .mulAdd: return [.compute(value, .fma, a, b, c)]
    case .mulSub:
      let (negated, statements) = negated(c, spare, scope)
      return statements + [.compute(value, .fma, a, b, negated)]
    case .subMul:
      let (negated, statements) = negated(isTile(a) ? b : a, spare, scope)
      return statements + [.compute(value, .fma, isTile(a) ? a : b, negated, c)]
    }
  }

  /// A value with the other sign, and what computes it.
  private mutating func negated(_ value: ValueID, _ spare: ValueID, _ scope: Int32) -> (ValueID, [Statement]) {
    if let negated = negatedConstant(value) { return (negated, []) }
    let index = Int(value.index)
    if productScope[index] == scope {
      let (left, right) = (factors.left[index], factors.right[index])
      for (factor, other) in [(right, left), (left, right)] {
        guard let negated = negatedConstant(factor), takeProduct(value, scope) != nil else { continue }
        let product = declare(like: value)
        return (product, [.compute(product, .mul, other, negated, .none)])
      }
    }
    kernel.values[Int(spare.index)] = info(value)
    return (spare, [.compute(spare, .neg, value, .none, .none)])
  }

  private mutating func declare(like value: ValueID) -> ValueID {
    kernel.values.append(info(value))
    isRemoved.append(false)
    return ValueID(kernel.values.count - 1)
  }

  /// A number with the other sign; `nil` of what is none.
  private mutating func negatedConstant(_ value: ValueID) -> ValueID? {
    let number = Int(constantNumber[Int(value.index)])
    if number < 0 { return nil }
    if negatedConstants[number] == .none {
      negatedConstants[number] = declare(like: value)
      negations.append(number)
    }
    return negatedConstants[number]
  }
}
