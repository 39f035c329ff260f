internal import TensorIR
internal import TensorOps
internal import Transforms

/// An op, or any function, at a point: its derivatives in both modes element by element against differences, and against
/// complex steps where there are any.
struct DerivativeComparison {
  /// Which modes are looked at.
  struct Modes: OptionSet {
    let rawValue: Int
    static let forward = Modes(rawValue: 1)
    static let reverse = Modes(rawValue: 2)
  }

  /// Two numbers that should be equal.
  struct Mismatch {
    /// The number of the parameter, and the position in it.
    let parameter: Int
    let position: Int
    /// The number of the result and the position in it, in forward mode; reverse mode adds up results.
    let result: (number: Int, position: Int)?
    let derivative: Double
    let difference: Double
    let complexStep: Double?
  }

  /// Of larger parameters so many elements are looked at, spread evenly.
  private static let largestCount = 64

  private let function: Function
  private let inputs: [ReferenceTensor]
  private let tolerance: Double
  private let isDouble: Bool
  private var complexStep: ComplexStep

  init(_ function: Function, _ inputs: [ReferenceTensor], tolerance: Double?) {
    self.function = function
    self.inputs = inputs
    isDouble = !(function.parameterTypes + function.resultTypes).contains { $0.dtype == .f32 }
    self.tolerance = tolerance ?? (isDouble ? 1e-6 : 2e-2)
    complexStep = ComplexStep(function)
  }

  /// The first derivative by one of the parameters that is not what differences say; `nil` if all agree.
  ///
  /// Where differences of several steps don't agree among themselves, as at kinks, there is more room.
  mutating func mismatch(wrt: [Int], _ modes: Modes) throws -> Mismatch? {
    let moving = function.resultTypes.indices.filter { function.resultTypes[$0].dtype.isFloating }
    guard !moving.isEmpty else { return nil }
    let selected = function.selectingResults(moving)
    // Weights that no sum of a few elements is blind to; 1 of a scalar.
    let isScalar = moving.count == 1 && function.resultTypes[moving[0]].elementCount == 1
    var random = Directions(state: 7)
    let weights = moving.map { number in
      let type = function.resultTypes[number]
      let numbers = (0..<type.elementCount).map { _ in isScalar ? 1 : 1.25 + 0.75 * random.next() }
      return ReferenceTensor(floating: numbers, type: type)
    }
    for parameter in wrt where function.parameterTypes[parameter].elementCount > 0 {
      let forward = modes.contains(.forward) ? try selected.jvp(wrt: [parameter]) : nil
      let reverse = modes.contains(.reverse) ? try selected.vjp(wrt: [parameter]) : nil
      let cotangent = try reverse.map { try Interpreter.evaluate($0, inputs + weights)[moving.count].doubles }
      let type = function.parameterTypes[parameter]
      let step = max(1, type.elementCount / Self.largestCount)
      for position in stride(from: 0, to: type.elementCount, by: step) {
        var direction = [Double](repeating: 0, count: type.elementCount)
        direction[position] = 1
        let difference = try self.difference(selected, parameter, direction)
        var directions = [[Double]?](repeating: nil, count: inputs.count)
        directions[parameter] = direction
        let exact = complexStep.tangents(at: inputs, directions).map { all in moving.flatMap { all[$0] } }
        if let forward {
          let tangent = ReferenceTensor(floating: direction, type: type)
          let pushed = try Interpreter.evaluate(forward, inputs + [tangent])[moving.count...].flatMap(\.doubles)
          for place in pushed.indices
          where !agree(pushed[place], difference.values[place], difference.errors[place], difference.sizes[place]) {
            var (result, rest) = (0, place)
            while rest >= weights[result].count {
              rest -= weights[result].count
              result += 1
            }
            return Mismatch(
              parameter: parameter, position: position, result: (moving[result], rest), derivative: pushed[place],
              difference: difference.values[place], complexStep: exact?[place])
          }
        }
        if let cotangent {
          let all = weights.flatMap(\.doubles)
          func sum(_ numbers: [Double]) -> Double { zip(all, numbers).reduce(0) { $0 + $1.0 * $1.1 } }
          if !agree(cotangent[position], sum(difference.values), sum(difference.errors), sum(difference.sizes)) {
            return Mismatch(
              parameter: parameter, position: position, result: nil, derivative: cotangent[position],
              difference: sum(difference.values), complexStep: exact.map(sum))
          }
        }
      }
    }
    return nil
  }

  private func difference(
    _ function: Function, _ parameter: Int, _ direction: [Double]
  ) throws(Diagnostics) -> Difference {
    let point = inputs[parameter].doubles
    return try Difference(isDouble: isDouble) { (distance) throws(Diagnostics) in
      var moved = inputs
      moved[parameter] = ReferenceTensor(
        floating: zip(point, direction).map { $0 + distance * $1 }, type: moved[parameter].type)
      do {
        return try Interpreter.evaluate(function, moved).flatMap(\.doubles)
      } catch {
        throw Diagnostics(wrapping: error)
      }
    }
  }

  /// Where a difference has no value, at the edge of a domain, nothing is said.
  private func agree(_ value: Double, _ difference: Double, _ error: Double, _ size: Double) -> Bool {
    if difference.isNaN || !error.isFinite { return true }
    let scale = max(abs(value), abs(difference), size * 1e-3)
    return abs(value - difference) <= tolerance * scale + 4 * error
  }
}
