package import Basics
package import KernelIR

/// A routine of the library as a C function.
package struct LibrarySignature: Hashable, Sendable {
  package let function: LibraryFunction
  package let dtype: DType

  package init(_ function: LibraryFunction, _ dtype: DType) {
    self.function = function
    self.dtype = dtype
  }

  private var definition: LibraryDefinition { function.definition }

  /// In portable C; the runtime's has `library_` before it.
  var portableName: String { "\(definition.name)_\(dtype)" }

  package var runtimeName: String { "library_\(portableName)" }

  /// Of the runtime's function, without a final semicolon.
  package var runtimePrototype: String {
    let none = definition.parameters.map { _ in 0 }
    var parameters = ["int64_t batch"] + definition.parameters.map { "int64_t \($0.name)" }
    for input in definition.inputs(none, dtype) {
      parameters += ["const \(input.type.dtype.cName) *\(input.name)", "int64_t \(input.name)_stride"]
    }
    for output in definition.outputs(none, dtype) {
      parameters += ["\(output.type.dtype.cName) *\(output.name)", "int64_t \(output.name)_stride"]
    }
    if definition.workspaceByteCount != nil { parameters.append("uint8_t *workspace") }
    return "void \(runtimeName)(\(parameters.joined(separator: ", ")))"
  }

  /// The lines of the function in portable C.
  var portableDefinition: [String] {
    definition.portableC
      .replacing("$name", with: portableName)
      .replacing("$T", with: dtype.cName)
      .replacing("$epsilon", with: dtype == .f32 ? "1.1920929e-07f" : "2.220446049250313e-16")
      .replacing("$f", with: dtype == .f32 ? "f" : "")
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }
}

extension CUnit {
  /// The call of the runtime's function for so many slices from those addresses on.
  mutating func runtimeCall(_ call: LibraryCall, count: String, pointers: [String], workspace: [String]) -> String {
    let function = String(decoding: use(.library(LibrarySignature(call.routine.function, call.dtype))), as: UTF8.self)
    let slices = zip(pointers, call.inputs + call.outputs).flatMap { [$0, "\($1.batchStride)"] }
    let arguments = [count] + call.routine.parameters.map(String.init) + slices + workspace
    return "\(function)(\(arguments.joined(separator: ", ")));"
  }

  /// The call of a routine, with its slices in a loop in portable C and inside the function in the runtime's.
  mutating func writeCall(_ call: LibraryCall, to out: inout ByteWriter) {
    let outputs = call.routine.outputs(call.dtype)
    // Inputs without elements may well have outputs with some.
    guard call.batchCount > 0, outputs.contains(where: { !$0.type.shape.isEmpty }) else { return }
    usedBuffers.formUnion(call.buffers.map(\.buffer))
    let signature = LibrarySignature(call.routine.function, call.dtype)
    let numbers = call.routine.parameters.map(String.init)
    let all = call.inputs + call.outputs
    let workspace = call.workspace.map { [String(decoding: bufferNames[$0], as: UTF8.self)] } ?? []
    let origins = call.origins.isEmpty ? [signature.portableName] : call.origins
    out.line(CUnit.originComment(origins, marker: dialect.hasTiles ? " @" : ""))
    func pointer(_ argument: LibraryCall.Argument) -> String {
      let name = String(decoding: bufferNames[argument.buffer], as: UTF8.self)
      return argument.offset == 0 ? name : "\(name) + \(argument.offset)"
    }
    switch dialect {
    case .tile, .vector:
      let pointers = all.map { pointer($0) }
      out.line(runtimeCall(call, count: "\(call.batchCount)", pointers: pointers, workspace: workspace))
    case .portable:
      let function = use(helper: .library(signature))
      let isBatched = call.batchCount > 1
      let pointers = all.map {
        isBatched && $0.batchStride != 0 ? "\(pointer($0)) + \($0.batchStride) * i0" : pointer($0)
      }
      if isBatched {
        out.line("for (int64_t i0 = 0; i0 < \(call.batchCount); ++i0)")
        out.indentation += 1
      }
      out.line("\(function)(\((numbers + pointers + workspace).joined(separator: ", ")));")
      if isBatched { out.indentation -= 1 }
    }
  }
}
