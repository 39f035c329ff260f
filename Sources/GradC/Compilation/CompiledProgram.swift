internal import CEmitter
internal import JIT
internal import KernelIR
internal import Passes
internal import TensorIR

/// Machine code of a function, and everything it was made from. Calls may run on any number of threads at once.
final class CompiledProgram: Sendable {
  // What a call reads stands together, in a line or two of the cache.
  private let entry: CompiledModule.Entry
  private let module: CompiledModule
  private let workspaces: WorkspacePool
  let parameterCount: Int
  let resultCount: Int

  let name: String
  let parameters: [Function.Parameter]
  let results: [Function.Parameter]
  /// The graph after simplification.
  let function: Function
  let program: Program
  let source: TileSource
  let timings: Timings
  private let constants: [ConstantStorage]

  init(_ function: Function, contraction: Contraction, timings: Timings) throws(Diagnostics) {
    var timings = timings
    do {
      let optimised = try timings.measure(.optimise) { try Pipelines.standard.run(function) }
      let program = try timings.measure(.lower) { try optimised.lowered() }
      let source = timings.measure(.emit) { TileEmitter.emit(program.forTiles(contraction)) }
      let constants = try source.constants.map { try ConstantStorage($0.symbol, program.buffers[Int($0.buffer)]) }
      let module = try timings.measure(.compile) {
        try LibTCC.compile(
          source: source.source, entries: [source.entryName],
          externals: Dictionary(constants.map { ($0.symbol, $0.address) }, uniquingKeysWith: { first, _ in first }),
          runtimeSymbols: source.runtimeSymbols)
      }
      guard let entry = module.entry(named: source.entryName) else {
        throw Diagnostic("the module of '\(function.name)' has no entry", kind: .bug)
      }
      (self.function, self.program, self.source, self.module, self.entry) = (optimised, program, source, module, entry)
      self.constants = constants
    } catch let error as CompilationError {
      throw Diagnostics([Diagnostic("the C of '\(function.name)' does not compile: \(error)", kind: .bug)])
    } catch {
      throw Diagnostics(wrapping: error)
    }
    name = function.name
    parameters = function.parameters
    results = zip(function.results, function.resultTypes).map { Function.Parameter($0.name, $1) }
    parameterCount = parameters.count
    resultCount = results.count
    workspaces = WorkspacePool(
      bufferCount: parameterCount + resultCount, arenaByteCount: source.arenaByteCount)
    self.timings = timings
  }

  var arenaByteCount: Int { source.arenaByteCount }
  var codeByteCount: Int { module.codeByteCount }

  /// Runs the code; `fill` sets the addresses of parameters and results, in this order.
  @inline(__always)
  func run(_ fill: (Workspace) -> Void) {
    let workspace = workspaces.take()
    fill(workspace)
    module.call(entry, buffers: UnsafePointer(workspace))
    workspaces.give(workspace)
  }

  /// That arrays are of the types of parameters or results.
  func check(_ arrays: [NDArray], _ expected: [Function.Parameter], _ role: String) throws(Diagnostics) {
    guard arrays.count == expected.count else {
      throw Diagnostics([Diagnostic("'\(name)' has \(expected.count) \(role)s, not \(arrays.count)")])
    }
    for index in arrays.indices where arrays[index].tensorType != expected[index].type {
      throw Diagnostics([
        Diagnostic(
          "\(role) '\(expected[index].name)' of '\(name)' must be \(expected[index].type), not"
            + " \(arrays[index].tensorType)")
      ])
    }
  }
}
