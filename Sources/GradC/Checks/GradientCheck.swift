internal import TensorIR

/// Whether a graph's derivatives agree with differences of its values and with complex steps, in forward and in reverse
/// mode.
///
/// For a random direction v of one parameter and random weights w of the results, four numbers should be equal: the
/// difference of `⟨w, f(x + t v)⟩` by t at 0 (central, Richardson's extrapolation), `Im ⟨w, f(x + i h v)⟩ / h` of a complex
/// step, `⟨w, ∂f/∂x · v⟩` of forward mode and `⟨(∂f/∂x)ᵀ w, v⟩` of reverse mode.
///
/// Differences are right to about 10 digits in f64. The complex step is right to rounding, as nothing is subtracted, but
/// needs operations that are analytic: see ``complexStepObstacle``.
public struct GradientCheck: Sendable, Hashable {
  /// The numbers for one direction.
  public struct Row: Sendable, Hashable {
    /// The parameter that moved.
    public let parameter: String
    /// The extrapolated central difference.
    public let difference: Double
    /// What the complex step says; `nil` if there is none.
    public let complexStep: Double?
    /// What forward mode says.
    public let forward: Double
    /// What reverse mode says.
    public let reverse: Double
    /// What an absolute error against the difference is divided by: the size of the numbers, at least that of the rounding
    /// they come from.
    public let scale: Double
    /// What one against the complex step is divided by: the size of the numbers that were added.
    public let complexScale: Double

    /// The relative error of forward mode against the difference.
    public var forwardError: Double { relative(forward, difference, scale) }
    /// The relative error of reverse mode against the difference.
    public var reverseError: Double { relative(reverse, difference, scale) }
    /// The larger relative error of both modes against the complex step; `nil` if there is none.
    public var complexStepError: Double? {
      complexStep.map { max(relative(forward, $0, complexScale), relative(reverse, $0, complexScale)) }
    }

    private func relative(_ value: Double, _ exact: Double, _ scale: Double) -> Double {
      let error = value - exact
      return error.isNaN ? .infinity : Swift.abs(error) / scale
    }
  }

  /// Every direction that was tried.
  public let rows: [Row]
  /// The largest relative error against differences that passes.
  public let tolerance: Double
  /// The largest relative error against complex steps that passes.
  public let complexStepTolerance: Double
  /// Why there are no complex steps: the operation that is not analytic, or not known for complex numbers, and its line.
  public let complexStepObstacle: Diagnostic?

  /// Whether every error is within its tolerance.
  public var passes: Bool {
    rows.allSatisfy { row in
      row.forwardError <= tolerance && row.reverseError <= tolerance
        && (row.complexStepError ?? 0) <= complexStepTolerance
    }
  }
}

extension Graph {
  /// Compares the derivatives in both modes, by compiled code, with central differences of it, and with complex steps in the
  /// reference interpreter.
  ///
  /// - Parameters:
  ///   - inputs: Where to differentiate: one array for every parameter, in order.
  ///   - names: The parameters to differentiate by; `nil` is all of a floating dtype.
  ///   - directions: How many random directions to try for every parameter, at least 1.
  ///   - seed: Where the directions come from.
  ///   - tolerance: The largest relative error against differences that passes; `nil` is 10⁻⁶ if all is `f64`, else
  ///     2·10⁻². Against complex steps it is a thousandth of that, at least 10⁻⁹, in `f32` 10⁻³.
  /// - Throws: `Diagnostics` if an input does not fit, something has no derivative, or there are no directions.
  public func checkGradients(
    at inputs: [NDArray], wrt names: [String]? = nil, directions: Int = 2, seed: UInt64 = 0, tolerance: Double? = nil
  ) throws(Diagnostics) -> GradientCheck {
    let numbers = try parameterNumbers(names)
    let faults = results.filter { !$0.type.dtype.isFloating }
    if let fault = faults.first {
      throw Diagnostics([Diagnostic("result '\(fault.name)' of type \(fault.type) has no derivative")])
    }
    guard directions >= 1 else { throw Diagnostics([Diagnostic("\(directions) directions are none to try")]) }
    let value = try compile()
    _ = try value(inputs)
    let isDouble = (numbers.map { parameters[$0] } + results).allSatisfy { $0.type.dtype == .f64 }
    var complexStep = ComplexStep(function)
    let point = inputs.map(\.referenceTensor)
    var random = Directions(state: seed)
    var rows: [GradientCheck.Row] = []
    for number in numbers {
      let parameter = parameters[number]
      let forward = try transformed(.jvp, wrt: [parameter.name]).compile()
      let reverse = try transformed(.vjp, wrt: [parameter.name]).compile()
      for _ in 0..<directions {
        let direction = try random.array(parameter.type, unit: true)
        let weights = try results.map { (result) throws(Diagnostics) in try random.array(result.type, unit: false) }
        let difference = try Difference(isDouble: isDouble) { (distance) throws(Diagnostics) in
          var inputs = inputs
          guard inputs.indices.contains(number) else { return [] }
          inputs[number] = try inputs[number].adding(distance, direction)
          return [inner(weights, try value(inputs))]
        }
        let tangents = try forward(inputs + [direction]).suffix(results.count)
        let cotangent = try reverse(inputs + weights).suffix(1)
        var moved = [[Double]?](repeating: nil, count: point.count)
        moved[number] = direction.referenceTensor.doubles
        let products = complexStep.tangents(at: point, moved).map { tangents in
          zip(tangents, weights).flatMap { tangent, weight in zip(tangent, weight.referenceTensor.doubles).map(*) }
        }
        let (slope, size) = (difference.values.first ?? .nan, difference.sizes.first ?? 0)
        rows.append(
          GradientCheck.Row(
            parameter: parameter.name, difference: slope, complexStep: products?.reduce(0, +),
            forward: inner(weights, Array(tangents)), reverse: inner([direction], Array(cotangent)),
            scale: [Swift.abs(slope), 2 * size * (isDouble ? 1e-4 : 1e-2), 1e-30].max() ?? 1,
            complexScale: max(products?.reduce(0) { $0 + Swift.abs($1) } ?? 0, 1e-30)))
      }
    }
    let limit = tolerance ?? (isDouble ? 1e-6 : 2e-2)
    return GradientCheck(
      rows: rows, tolerance: limit, complexStepTolerance: isDouble ? max(limit / 1000, 1e-9) : 1e-3,
      complexStepObstacle: complexStep.obstacle)
  }
}

func inner(_ a: [NDArray], _ b: [NDArray]) -> Double {
  var sum = 0.0
  for (x, y) in zip(a, b) {
    for (left, right) in zip(x.referenceTensor.doubles, y.referenceTensor.doubles) { sum += left * right }
  }
  return sum
}

extension NDArray {
  /// `self + factor · other`, rounded to the dtype.
  func adding(_ factor: Double, _ other: NDArray) throws(Diagnostics) -> NDArray {
    let sums = zip(referenceTensor.doubles, other.referenceTensor.doubles).map { $0 + factor * $1 }
    return try NDArray.rounding(sums, tensorType)
  }

  static func rounding(_ numbers: [Double], _ type: TensorType) throws(Diagnostics) -> NDArray {
    do {
      return try NDArray(numbers, shape: type.shape).cast(to: type.dtype)
    } catch {
      throw Diagnostics(wrapping: error)
    }
  }
}

/// Random directions: SplitMix64 (Steele, Lea and Flood 2014).
struct Directions {
  var state: UInt64

  /// A number in [-1, 1).
  mutating func next() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((z ^ (z >> 31)) >> 11) * 0x1p-52 - 1
  }

  /// Numbers in [-1, 1), scaled to a vector of length 1 if wanted.
  mutating func array(_ type: TensorType, unit: Bool) throws(Diagnostics) -> NDArray {
    var numbers: [Double] = []
    for _ in 0..<type.elementCount { numbers.append(next()) }
    let length = numbers.reduce(0) { $0 + $1 * $1 }.squareRoot()
    if unit, length > 0 { numbers = numbers.map { $0 / length } }
    return try NDArray.rounding(numbers, type)
  }
}
