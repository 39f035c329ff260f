import Basics

extension ProgramVerifier {
  mutating func check(_ call: LibraryCall) {
    let definition = call.routine.definition
    guard definition.dtypes.contains(call.dtype) else {
      return fail(19, "\(definition.name) of \(call.dtype)")
    }
    guard areInRange(call.routine) else {
      return fail(19, "\(definition.name) with parameters \(call.routine.parameters)")
    }
    if call.batchCount < 0 { return fail(19, "\(definition.name) has a negative batch") }
    let inputs = call.routine.inputs(call.dtype)
    let outputs = call.routine.outputs(call.dtype)
    guard inputs.count == call.inputs.count, outputs.count == call.outputs.count else {
      return fail(
        19, "\(definition.name) has \(call.inputs.count) inputs and \(call.outputs.count) outputs")
    }
    let read = zip(inputs, call.inputs).map { span($0, $1, call, isWritten: false) }
    var written = zip(outputs, call.outputs).map { span($0, $1, call, isWritten: true) }
    if read.contains(where: { $0 == nil }) || written.contains(where: { $0 == nil }) { return }
    written.append(workspace(call))
    for (position, span) in written.enumerated() {
      for other in read + written[..<position] {
        if let span, let other, other.array == span.array, other.bytes.overlaps(span.bytes) {
          return fail(20, "arguments of \(definition.name) share memory that it writes")
        }
      }
    }
  }

  private func areInRange(_ routine: LibraryRoutine) -> Bool {
    let definition = routine.definition
    guard routine.parameters.count == definition.parameters.count else { return false }
    return zip(definition.parameters, routine.parameters).allSatisfy { parameter, value in
      switch parameter {
      case .extent: 0...Int(Int32.max) ~= value
      case .flag: 0...1 ~= value
      }
    }
  }

  /// The bytes that the slices of an argument span and the array they are in; `nil` after a failure.
  private mutating func span(
    _ expected: LibraryArgument, _ argument: LibraryCall.Argument, _ call: LibraryCall, isWritten: Bool
  ) -> (array: Int, bytes: Range<Int>)? {
    let name = "\(expected.name) of \(call.routine.definition.name)"
    guard program.buffers.indices.contains(argument.buffer) else {
      fail(19, "\(name) is buffer #\(argument.buffer), which does not exist")
      return nil
    }
    let buffer = program.buffers[argument.buffer]
    guard buffer.type.dtype == expected.type.dtype else {
      fail(19, "\(name) is \(buffer.type), not of \(expected.type.dtype)")
      return nil
    }
    if isWritten {
      switch buffer.role {
      case .parameter, .constant:
        fail(20, "\(name) is buffer #\(argument.buffer), which can't be written")
        return nil
      default: break
      }
    }
    guard let count = expected.type.shape.checkedElementCount else {
      fail(19, "\(name) has shape \(expected.type.shape)")
      return nil
    }
    if count == 0 || call.batchCount == 0 { return (-2, 0..<0) }
    if isWritten, call.batchCount > 1, argument.batchStride < count {
      fail(20, "slices of \(name) have \(count) elements and are \(argument.batchStride) apart")
      return nil
    }
    var bounds = IndexBounds(argument.offset)
    bounds.add(1, upTo: count - 1)
    bounds.add(argument.batchStride, upTo: call.batchCount - 1)
    guard bounds.areInside(buffer.type.elementCount) else {
      fail(19, "\(name) reaches from \(bounds.low) to \(bounds.high) in \(buffer.type)")
      return nil
    }
    return bytes(argument.buffer, bounds)
  }

  /// The bytes of the workspace and the array they are in, if there is one.
  private mutating func workspace(_ call: LibraryCall) -> (array: Int, bytes: Range<Int>)? {
    let definition = call.routine.definition
    guard definition.workspaceByteCount != nil else {
      if call.workspace != nil { fail(19, "\(definition.name) needs no workspace") }
      return nil
    }
    guard call.routine.isCountable(call.dtype) else {
      fail(19, "\(definition.name) is too large for LAPACK")
      return nil
    }
    let count = call.routine.workspaceByteCount(call.dtype)
    guard let number = call.workspace, program.buffers.indices.contains(number),
      case .temporary = program.buffers[number].role, program.buffers[number].type.dtype == .bool,
      program.buffers[number].type.elementCount >= count
    else {
      fail(19, "\(definition.name) needs a workspace: a temporary of bool with \(count) elements")
      return nil
    }
    var bounds = IndexBounds(0)
    bounds.add(1, upTo: program.buffers[number].type.elementCount - 1)
    return count == 0 ? nil : bytes(number, bounds)
  }
}
