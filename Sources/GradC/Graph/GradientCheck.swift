internal import TensorIR

/// Whether a graph's derivatives agree with differences of its values, in forward and in reverse mode.
///
/// For a random direction v of one parameter and random weights w of the results, three numbers should be equal:
/// `(⟨w, f(x + h v)⟩ - ⟨w, f(x - h v)⟩) / 2h`, `⟨w, ∂f/∂x · v⟩` of forward mode, `⟨(∂f/∂x)ᵀ w, v⟩` of reverse mode.
public struct GradientCheck: Sendable, Hashable {
  /// The three numbers for one direction.
  public struct Row: Sendable, Hashable {
    /// The parameter that moved.
    public let parameter: String
    /// The central difference.
    public let difference: Double
    /// What forward mode says.
    public let forward: Double
    /// What reverse mode says.
    public let reverse: Double
    /// What an absolute error is divided by: the size of the numbers, at least that of the rounding they come from.
    public let scale: Double

    /// The relative error of forward mode.
    public var forwardError: Double { relative(forward - difference) }
    /// The relative error of reverse mode.
    public var reverseError: Double { relative(reverse - difference) }

    private func relative(_ error: Double) -> Double { error.isNaN ? .infinity : Swift.abs(error) / scale }
  }

  /// Every direction that was tried.
  public let rows: [Row]
  /// The largest relative error that passes.
  public let tolerance: Double

  /// Whether every error is within the tolerance.
  public var passes: Bool { rows.allSatisfy { $0.forwardError <= tolerance && $0.reverseError <= tolerance } }
}

extension Graph {
  /// Compares the derivatives in both modes with central differences, all by compiled code.
  ///
  /// - Parameters:
  ///   - inputs: Where to differentiate: one array for every parameter, in order.
  ///   - names: The parameters to differentiate by; `nil` is all of a floating dtype.
  ///   - directions: How many random directions to try for every parameter, at least 1.
  ///   - seed: Where the directions come from.
  ///   - tolerance: The largest relative error that passes; `nil` is 10⁻⁶ if all is `f64`, else 2·10⁻².
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
    let step = isDouble ? 1e-5 : 2e-2
    var random = Directions(state: seed)
    var rows: [GradientCheck.Row] = []
    for number in numbers {
      let parameter = parameters[number]
      let forward = try transformed(.jvp, wrt: [parameter.name]).compile()
      let reverse = try transformed(.vjp, wrt: [parameter.name]).compile()
      for _ in 0..<directions {
        let direction = try random.array(parameter.type, unit: true)
        let weights = try results.map { (result) throws(Diagnostics) in try random.array(result.type, unit: false) }
        func moved(_ distance: Double) throws(Diagnostics) -> [NDArray] {
          var inputs = inputs
          guard inputs.indices.contains(number) else { return inputs }
          inputs[number] = try inputs[number].adding(distance, direction)
          return try value(inputs)
        }
        let (above, below) = (try moved(step), try moved(-step))
        let tangents = try forward(inputs + [direction]).suffix(results.count)
        let cotangent = try reverse(inputs + weights).suffix(1)
        let (high, low) = (inner(weights, above), inner(weights, below))
        let row = GradientCheck.Row(
          parameter: parameter.name, difference: (high - low) / (2 * step), forward: inner(weights, Array(tangents)),
          reverse: inner([direction], Array(cotangent)),
          scale: [
            Swift.abs(high - low) / (2 * step), (Swift.abs(high) + Swift.abs(low)) * (isDouble ? 1e-4 : 1e-2), 1e-30,
          ].max() ?? 1)
        rows.append(row)
      }
    }
    return GradientCheck(rows: rows, tolerance: tolerance ?? (isDouble ? 1e-6 : 2e-2))
  }
}

private func inner(_ a: [NDArray], _ b: [NDArray]) -> Double {
  var sum = 0.0
  for (x, y) in zip(a, b) {
    for (left, right) in zip(x.referenceTensor.doubles, y.referenceTensor.doubles) { sum += left * right }
  }
  return sum
}

extension NDArray {
  /// `self + factor · other`, rounded to the dtype.
  fileprivate func adding(_ factor: Double, _ other: NDArray) throws(Diagnostics) -> NDArray {
    let sums = zip(referenceTensor.doubles, other.referenceTensor.doubles).map { $0 + factor * $1 }
    return try NDArray.rounding(sums, tensorType)
  }

  fileprivate static func rounding(_ numbers: [Double], _ type: TensorType) throws(Diagnostics) -> NDArray {
    do {
      return try NDArray(numbers, shape: type.shape).cast(to: type.dtype)
    } catch {
      throw Diagnostics(wrapping: error)
    }
  }
}

/// Random directions: SplitMix64 (Steele, Lea and Flood 2014).
private struct Directions {
  var state: UInt64

  private mutating func next() -> Double {
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
