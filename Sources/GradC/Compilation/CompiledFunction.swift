internal import CEmitter
internal import KernelIR
internal import Passes
internal import TensorIR

/// Which compiler makes the machine code.
public enum Backend: Sendable, Hashable {
  /// The best there is on this machine.
  case automatic
  /// libtcc inside this process, with the runtime's SIMD kernels. Always there, takes milliseconds.
  case tcc
}

/// A form of the C that a function becomes.
public enum CDialect: Sendable, Hashable {
  /// Calls of GradC's runtime on tiles: what libtcc compiles.
  case tile
  /// C99 that needs nothing but libm: to read, and to ship.
  case portable
}

/// What becomes of a product of arrays that is added to something, or subtracted.
public enum Contraction: Sendable, Hashable {
  /// `a * b + c`, `a * b - c` and `c - a * b` are fused multiply-adds, rounded once: what C compilers do on chips with
  /// the instruction. Results differ by rounding from those of `separate`, and are the same on every chip. A product
  /// that has other uses, and scalar code, which is not run in tiles, stay as they are.
  case fused
  /// The product is rounded on its own.
  case separate
}

extension Program {
  /// The program that the tile dialect is written from.
  func forTiles(_ contraction: Contraction) -> Program { contraction == .fused ? contracted() : self }
}

/// Machine code of a traced function. Calls may run on any number of threads at once.
public struct CompiledFunction<each Input: TensorStructure, Output: TensorStructure>: Sendable {
  let program: CompiledProgram
  private let inputForm: [ContainerForm]
  private let output: Output

  init(_ program: CompiledProgram, inputForm: [ContainerForm], output: Output) {
    self.program = program
    self.inputForm = inputForm
    self.output = output
  }
}

extension TracedFunction {
  /// Compiles the function to machine code inside this process.
  ///
  /// - Parameter contraction: Whether products that are added are rounded on their own.
  /// - Throws: `Diagnostics` if an operation can't be compiled.
  public func compile(
    backend: Backend = .automatic, contraction: Contraction = .fused
  ) throws -> CompiledFunction<repeat each Input, Output> {
    CompiledFunction<repeat each Input, Output>(
      try CompiledProgram(function, contraction: contraction, timings: timings), inputForm: inputForm, output: output)
  }
}

extension CompiledFunction {
  /// The function's value: arguments in the form in which the function was traced, results in memory.
  ///
  /// - Throws: `Diagnostics` if an argument's shape or dtype is not that of the parameter, or it has no numbers.
  public func callAsFunction(_ arguments: repeat each Input) throws -> Output {
    var tensors: [Tensor] = []
    var form: [ContainerForm] = []
    for argument in repeat each arguments {
      let (leaves, containers) = argument.tensorsAndForm
      tensors += leaves
      form += containers
    }
    guard tensors.count == program.parameters.count, form == inputForm else {
      let fault = TracedFunction<repeat each Input, Output>.wrongForm(name, program.parameters.count, tensors.count)
      throw Diagnostics([Diagnostic(fault)])
    }
    var arrays: [NDArray] = []
    arrays.reserveCapacity(tensors.count)
    for (tensor, parameter) in zip(tensors, program.parameters) {
      arrays.append(try tensor.argument(for: parameter.name, of: name, type: parameter.type))
    }
    var results = try program.results.map { try NDArray(uninitialized: $0.type) }
    program.run(arrays, &results)
    return output.replacingTensors(results.map { Tensor(.concrete($0)) })
  }

  /// The function's value written into arrays that are there already. Allocates nothing, unless a result array is
  /// shared.
  ///
  /// - Parameters:
  ///   - inputs: One array for every parameter, in the order of ``parameterNames``.
  ///   - results: One array for every result, in the order of ``resultNames``; overwritten.
  /// - Throws: `Diagnostics` if the number, a shape or a dtype does not fit.
  public func call(inputs: [NDArray], into results: inout [NDArray]) throws {
    try program.check(inputs, program.parameters, "parameter")
    try program.check(results, program.results, "result")
    program.run(inputs, &results)
  }

  /// The function's value for memory of the caller: no checks, no allocation. For callers that have checked once what
  /// they call often.
  ///
  /// - Parameters:
  ///   - inputs: The address of the row-major elements of every parameter.
  ///   - results: The address to write the elements of every result to; no two overlap, nor do they overlap inputs.
  public func callUnchecked(
    inputs: UnsafePointer<UnsafeRawPointer>, results: UnsafePointer<UnsafeMutableRawPointer>
  ) {
    let (parameterCount, resultCount) = (program.parameterCount, program.resultCount)
    program.run { buffers in
      for index in 0..<parameterCount { buffers[index] = UnsafeMutableRawPointer(mutating: inputs[index]) }
      for index in 0..<resultCount { buffers[parameterCount + index] = results[index] }
    }
  }
}

extension CompiledFunction {
  /// The function's name.
  public var name: String { program.name }

  /// The names of the parameters, one for every tensor of the inputs.
  public var parameterNames: [String] { program.parameters.map(\.name) }

  /// The types of the parameters.
  public var parameterTypes: [TensorType] { program.parameters.map(\.type) }

  /// The names of the results, one for every tensor of the output.
  public var resultNames: [String] { program.results.map(\.name) }

  /// The types of the results.
  public var resultTypes: [TensorType] { program.results.map(\.type) }

  /// Bytes of temporary memory that one call needs, known before it runs.
  public var arenaByteCount: Int { program.arenaByteCount }

  /// Bytes of machine code.
  public var codeByteCount: Int { program.codeByteCount }

  /// How long each phase took that made this function.
  public var timings: Timings { program.timings }

  /// The simplified graph as text.
  public var tensorIR: String { program.function.description }

  /// The kernels as text, before products are contracted for the tile dialect.
  public var kernelIR: String { program.program.description }

  /// The function as C, the same bytes for the same function every time.
  public func cSource(_ dialect: CDialect) -> String {
    switch dialect {
    case .tile: String(decoding: program.source.source, as: UTF8.self)
    case .portable: String(decoding: PortableEmitter.emit(program.program).source, as: UTF8.self)
    }
  }

  /// The function as a C99 file and its header that need nothing but libm.
  ///
  /// - Parameters:
  ///   - functionName: The name of the C function, by default this function's.
  ///   - headerName: The file name by which the C file includes its header.
  public func exportC(functionName: String? = nil, headerName: String = "model.h") -> (source: String, header: String) {
    let files = PortableEmitter.emit(program.program, functionName: functionName, headerName: headerName)
    return (String(decoding: files.source, as: UTF8.self), String(decoding: files.header, as: UTF8.self))
  }
}

extension CompiledProgram {
  /// Runs the code on arrays that have been checked.
  func run(_ inputs: [NDArray], _ results: inout [NDArray]) {
    run { buffers in
      for index in inputs.indices { buffers[index] = UnsafeMutableRawPointer(mutating: inputs[index].address) }
      for index in results.indices { buffers[inputs.count + index] = results[index].mutableAddress() }
    }
  }
}
