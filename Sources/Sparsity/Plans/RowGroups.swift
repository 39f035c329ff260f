import Basics
import TensorIR
import TensorOps

/// What one result's elements are, one behind the other: elements of other values, and zeros.
private enum RowGroup {
  case value(Value)
  case zeros(Int)
}

extension Function {
  /// For every result, the values that it is put together from one behind the other; `nil` if it is none of these.
  ///
  /// Zeros among them are values of the function that is returned, which is this one otherwise.
  func rowGroups() throws(Diagnostics) -> (function: Function, groups: [[Value]?]) {
    let found = results.map { rowGroups(of: $0.value) }
    let gaps = Set(
      zip(results, found).flatMap { result, groups in
        (groups ?? []).compactMap { group -> TensorType? in
          guard case .zeros(let count) = group else { return nil }
          return type(of: result.value).with([count])
        }
      })
    if gaps.isEmpty {
      return (
        self,
        found.map { groups in
          groups?.compactMap { group in
            guard case .value(let value) = group else { return nil }
            return value
          }
        }
      )
    }
    let builder = FunctionBuilder()
    builder.reserve(instructions.count + gaps.count)
    var copier = FunctionCopier(self, builder)
    copier.declareParameters()
    for instruction in instructions {
      copier.takeLocation(of: instruction)
      copier.copy(instruction)
    }
    builder.location = nil
    var zeros: [TensorType: Value] = [:]
    for gap in gaps.sorted(by: { $0.elementCount < $1.elementCount }) { zeros[gap] = builder.zeros(gap).value }
    let groups = zip(results, found).map { result, groups in
      groups?.map { group -> Value in
        switch group {
        case .value(let value): copier[value]
        case .zeros(let count): zeros[type(of: result.value).with([count])] ?? .poison
        }
      }
    }
    let kept = try builder.finish(name: name, results: results.map { .init($0.name, copier[$0.value]) })
    return (kept, groups)
  }

  /// A result of more parts than this stays whole: each is looked through, and has passes, of its own.
  private static var maximumGroupCount: Int { 64 }

  private func rowGroups(of result: Value) -> [RowGroup]? {
    var groups: [RowGroup] = []
    // What is still to be looked at, the first last. No recursion: concats may be nested as deep as loops made them.
    var pending = [RowGroup.value(result)]
    while let group = pending.popLast() {
      guard case .value(let value) = group, let instruction = definition(of: value) else {
        groups.append(group)
        continue
      }
      switch op(of: instruction).lowering {
      case .reshape: pending += operands(of: instruction).map { .value($0) }
      case .place(let placements, let fill):
        if let parts = parts(of: instruction, value, placements, fill) {
          pending += parts.reversed()
        } else {
          groups.append(group)
        }
      default: groups.append(group)
      }
      if groups.count + pending.count > Self.maximumGroupCount { return nil }
    }
    return groups.count > 1 ? groups : nil
  }

  /// The operands of a concat along an axis that nothing is in front of; `nil` if it is another placement.
  private func parts(
    of instruction: Instruction, _ value: Value, _ placements: [Placement], _ fill: Fill?
  ) -> [RowGroup]? {
    let shape = type(of: value).shape
    let operands = Array(operands(of: instruction))
    guard let axis = shape.extents.firstIndex(where: { $0 != 1 }), shape.elementCount > 0 else { return nil }
    let row = shape.elementCount / shape[axis]
    var groups: [RowGroup] = []
    var end = 0
    for placement in placements.sorted(by: { $0.offsets[axis] < $1.offsets[axis] }) {
      let box = type(of: operands[placement.operand]).shape
      if box.elementCount == 0 { continue }
      let isPart =
        box.rank == shape.rank && placement.offsets[axis] >= end
        && shape.extents.indices.allSatisfy { place in
          place == axis
            ? placement.strides[place] == 1 || box[place] == 1
            : placement.offsets[place] == 0 && box[place] == shape[place]
              && (placement.strides[place] == 1 || box[place] == 1)
        }
      guard isPart else { return nil }
      if placement.offsets[axis] > end { groups.append(.zeros((placement.offsets[axis] - end) * row)) }
      groups.append(.value(operands[placement.operand]))
      end = placement.offsets[axis] + box[axis]
    }
    if end < shape[axis] { groups.append(.zeros((shape[axis] - end) * row)) }
    guard groups.contains(where: { if case .zeros = $0 { true } else { false } }) else { return groups }
    // Whatever is between the parts is the same for all tangents, as it is 0.
    guard case .operand(let operand)? = fill else { return fill == nil ? nil : groups }
    if let filling = definition(of: operands[operand]), case .constant = op(of: filling).lowering { return groups }
    return nil
  }
}
