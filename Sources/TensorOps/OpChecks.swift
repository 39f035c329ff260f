import Basics
import TensorIR

// What shape rules share: each check throws a sentence that names the op, shapes and dtypes.
extension Op {
  /// Throws unless there are `count` operands.
  func checkOperandCount(_ operands: [TensorType], _ count: Int) throws(Diagnostic) {
    guard operands.count == count else {
      throw Diagnostic("'\(name)' takes \(count) operand\(count == 1 ? "" : "s"), not \(operands.count)")
    }
  }

  /// The type of a result, if its extents are not negative and its elements can be counted and addressed.
  func checkResult(_ type: TensorType) throws(Diagnostic) -> TensorType {
    if let extent = type.shape.extents.first(where: { $0 < 0 }) {
      throw Diagnostic("'\(name)' has a result of shape \(type.shape): the extent \(extent) is negative")
    }
    guard let count = type.shape.checkedElementCount, count <= Int.max / 16 else {
      throw Diagnostic("'\(name)' has a result of shape \(type.shape), which is too large")
    }
    return type
  }

  /// Throws unless `axes` are increasing and axes of `type`.
  func checkIncreasing(_ axes: [Int], of type: TensorType) throws(Diagnostic) {
    guard zip(axes, axes.dropFirst()).allSatisfy({ $0 < $1 }), axes.allSatisfy({ 0 <= $0 && $0 < type.rank }) else {
      throw Diagnostic("'\(name)' of \(type) needs increasing axes below \(type.rank), not \(axes)")
    }
  }

  /// Throws unless `axes` are different axes of `type`.
  func checkDistinct(_ axes: [Int], of type: TensorType) throws(Diagnostic) {
    guard Set(axes).count == axes.count, axes.allSatisfy({ 0 <= $0 && $0 < type.rank }) else {
      throw Diagnostic("'\(name)' of \(type) needs different axes below \(type.rank), not \(axes)")
    }
  }

  /// Throws unless `axis` is an axis of `type`.
  func checkAxis(_ axis: Int, of type: TensorType) throws(Diagnostic) {
    guard 0 <= axis, axis < type.rank else {
      throw Diagnostic("'\(name)' of \(type) needs an axis below \(type.rank), not \(axis)")
    }
  }

  /// Throws unless an attribute has an entry for every axis of `type`.
  func checkPerAxis(_ attribute: String, _ values: [Int], of type: TensorType) throws(Diagnostic) {
    guard values.count == type.rank else {
      throw Diagnostic("'\(name)' of \(type) needs \(type.rank) \(attribute), not \(values.count)")
    }
  }

  /// Throws if a step by `strides` within a tensor of `type` could not be counted in elements. Steps beyond the last
  /// element are harmless in themselves, but lowering multiplies them out.
  func checkStrides(_ strides: [Int], of type: TensorType) throws(Diagnostic) {
    let room = Shape(zip(strides, type.shape.extents).map { Swift.max($0, $1, 1) })
    guard let count = room.checkedElementCount, count <= Int.max / 16 else {
      throw Diagnostic("'\(name)' can't go through \(type) in steps of \(strides), which are too large")
    }
  }
}
