internal import TensorIR
internal import TensorOps

/// Derivatives along a direction by a complex step: `Im f(x + i h v) / h`.
struct ComplexStep {
  /// More element operations than this are too many for an interpreter.
  private static let largestWork = 50_000_000

  private let function: Function
  /// Why there is none.
  private(set) var obstacle: Diagnostic?

  init(_ function: Function) {
    self.function = function
    if function.referenceWork > Self.largestWork {
      obstacle = Diagnostic("'\(function.name)' is too large for the interpreter", kind: .unsupported)
    }
  }

  /// For every result the tangent for those of the parameters, `nil` where they are 0; `nil` if an op is not analytic, or
  /// not known for complex numbers, which is then the obstacle.
  mutating func tangents(at inputs: [ReferenceTensor], _ directions: [[Double]?]) -> [[Double]]? {
    if obstacle != nil { return nil }
    let points = zip(inputs, directions).map { input, direction in
      ComplexTensor(
        input,
        imaginary: direction.map { direction in
          ReferenceTensor(floating: direction.map { $0 * Self.step }, type: input.type)
        })
    }
    do {
      return try ComplexInterpreter().evaluate(function, points).map { result in
        result.imaginary.map { $0.doubles.map { $0 / Self.step } } ?? result.real.doubles.map { _ in 0 }
      }
    } catch {
      obstacle = error as? Diagnostic ?? Diagnostic("\(error)")
      return nil
    }
  }

  /// So small that its square is lost beside 1, and not in f32 either.
  private static let step = 0x1p-66
}

extension Function {
  /// About how many operations on single numbers the reference interpreter does; of loops that are not counted, one run.
  var referenceWork: Int {
    var work = 0
    for instruction in instructions {
      let count = results(of: instruction).reduce(0) { $0 + type(of: $1).elementCount }
      let op = op(of: instruction)
      var share = count
      switch op.lowering {
      case .dot(let axes):
        let left = type(of: operands(of: instruction)[operands(of: instruction).startIndex]).shape
        share = count * axes.leftContracting.reduce(1) { $0 * left[$1] }
      case .reduce: share = operandTypes(of: instruction).reduce(0) { $0 + $1.elementCount }
      case .controlFlow(.scan(let scan)): share = count + scan.length * scan.body.referenceWork
      case .controlFlow(let flow): share = count + flow.functions.reduce(0) { $0 + $1.referenceWork }
      default: break
      }
      work += share
      if work > 1 << 40 { break }
    }
    return work
  }
}
