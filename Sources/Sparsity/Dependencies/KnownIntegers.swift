import Basics
import KernelIR
import TensorIR

/// Values of a function that do not depend on its unknown parameters: constants, indices, and what is computed of them
/// and of parameters whose values are given. Computed when asked for.
final class KnownIntegers {
  private let function: Function
  private var known: [Value: [Int]?] = [:]
  /// By value: whether every parameter it depends on is given.
  private let isKnown: [Bool]

  /// - Parameter given: The elements of integer parameters, by their numbers.
  init(_ function: Function, given: [Int: [Int]]) {
    self.function = function
    var isKnown = [Bool](repeating: true, count: function.valueCount)
    for index in function.parameters.indices {
      isKnown[index] = given[index] != nil
      if let elements = given[index] { known[Value(index)] = elements }
    }
    for instruction in function.instructions
    where instruction.operandRange.contains(where: { !isKnown[Int(function.operandPool[$0].index)] }) {
      for result in function.results(of: instruction) { isKnown[Int(result.index)] = false }
    }
    self.isKnown = isKnown
  }

  /// The elements of a value of an integer dtype or bool; `nil` if they can't be known.
  func elements(_ value: Value) -> [Int]? {
    guard isKnown[Int(value.index)], !function.type(of: value).dtype.isFloating else { return nil }
    // What it is computed of comes first: no recursion, as chains may be long.
    var pending = [value]
    while let top = pending.last {
      if known[top] != nil {
        pending.removeLast()
        continue
      }
      guard let instruction = function.definition(of: top) else {
        known[top] = .some(nil)
        continue
      }
      let missing = function.operands(of: instruction).filter { known[$0] == nil }
      if missing.isEmpty {
        known[top] = .some(compute(instruction, top))
      } else {
        pending += missing
      }
    }
    return known[value] ?? nil
  }

  private func compute(_ instruction: Function.Instruction, _ value: Value) -> [Int]? {
    let type = function.type(of: value)
    guard !type.dtype.isFloating, instruction.resultCount == 1 else { return nil }
    let operands = Array(function.operands(of: instruction))
    let types = function.operandTypes(of: instruction)
    var arrays: [[Int]] = []
    for operand in operands {
      guard let array = known[operand] ?? nil else { return nil }
      arrays.append(array)
    }
    switch function.op(of: instruction).lowering {
    case .constant(let tensor): return tensor.integers.map { Int($0) }
    case .iota(let axis):
      var strides = [Int](repeating: 0, count: type.rank)
      strides[axis] = 1
      return Array(0..<type.shape[axis]).strided(type.shape.extents, strides)
    case .view(let axes): return arrays[0].viewed(axes, of: types[0].shape, as: type.shape)
    case .reshape: return arrays[0]
    case .cast: return arrays[0].map { Int(Scalar(Int64($0), as: type.dtype).integerValue) }
    case .scalar(let op):
      let dtypes = types.map(\.dtype)
      return type.shape.elementCount == 0
        ? []
        : (0..<arrays[0].count).map { place in
          func scalar(_ operand: Int) -> Scalar { Scalar(Int64(arrays[operand][place]), as: dtypes[operand]) }
          let result = op.evaluate(
            scalar(0), arrays.count > 1 ? scalar(1) : scalar(0), arrays.count > 2 ? scalar(2) : scalar(0))
          return Int(result.integerValue)
        }
    default:
      // Everything else, slowly.
      guard type.elementCount <= 1 << 22,
        let result = try? function.op(of: instruction).reference(
          zip(arrays, types).map { ReferenceTensor(integer: $0.map { Int64($0) }, type: $1) })
      else { return nil }
      return result[0].integers.map { Int($0) }
    }
  }
}
