internal import CEmitter
internal import JIT
internal import KernelIR
internal import Passes
internal import TensorIR

/// Machine code of a graph, and everything it was made from. Calls may run on any number of threads at once.
public final class CompiledGraph: Sendable {
  /// The function's name.
  public let name: String
  /// What goes in, in order.
  public let parameters: [Graph.Port]
  /// What comes out, in order.
  public let results: [Graph.Port]
  /// The simplified graph the code was made from.
  public let simplified: Graph
  /// The kernels the code was made from.
  public let kernels: KernelProgram
  /// How long each phase took that made this code.
  public let timings: Timings
  /// Bytes of temporary memory that one call needs, known before it runs.
  public let arenaByteCount: Int
  /// Bytes of machine code.
  public var codeByteCount: Int { module.codeByteCount }

  private let module: CompiledModule
  private let entry: CompiledModule.Entry
  private let constants: [ConstantStorage]
  private let workspaces: WorkspacePool

  fileprivate init(_ graph: Graph) throws(Diagnostics) {
    name = graph.name
    parameters = graph.parameters
    results = graph.results
    simplified = try graph.optimised()
    let kernels = try simplified.lowered()
    self.kernels = kernels
    var timings = kernels.timings
    do {
      let source = timings.measure(.emit) { TileEmitter.emit(kernels.program) }
      let constants = try source.constants.map {
        try ConstantStorage($0.symbol, kernels.program.buffers[Int($0.buffer)])
      }
      let module = try timings.measure(.compile) {
        try LibTCC.compile(
          source: source.source, entries: [source.entryName],
          externals: Dictionary(constants.map { ($0.symbol, $0.address) }, uniquingKeysWith: { first, _ in first }),
          runtimeSymbols: source.runtimeSymbols)
      }
      guard let entry = module.entry(named: source.entryName) else {
        throw Diagnostic("the module of '\(graph.name)' has no entry", kind: .bug)
      }
      (self.module, self.entry, self.constants) = (module, entry, constants)
      arenaByteCount = source.arenaByteCount
    } catch let error as CompilationError {
      throw Diagnostics([Diagnostic("the C of '\(graph.name)' does not compile: \(error)", kind: .bug)])
    } catch {
      throw Diagnostics(wrapping: error)
    }
    workspaces = WorkspacePool(bufferCount: parameters.count + results.count, arenaByteCount: arenaByteCount)
    self.timings = timings
  }

  /// Runs the code; `fill` sets the addresses of parameters and results, in this order.
  @inline(__always)
  func run(_ fill: (Workspace) -> Void) {
    let workspace = workspaces.take()
    fill(workspace)
    module.call(entry, buffers: UnsafePointer(workspace))
    workspaces.give(workspace)
  }
}

extension Graph {
  /// Compiles the graph to machine code inside this process.
  ///
  /// - Throws: `Diagnostics` if an operation can't be compiled.
  public func compile() throws(Diagnostics) -> CompiledGraph { try CompiledGraph(self) }
}
