internal import CEmitter
internal import JIT
internal import KernelIR
internal import Passes
internal import Synchronization
internal import TensorIR

/// Whose memory a parameter is in.
enum PassedBuffer: Sendable {
  /// An input's, by its position among those that are only read.
  case input(Int)
  /// That of an array which is updated, by its position among these, or of a result.
  case updated(Int, result: Int)
}

/// Machine code of a graph, and everything it was made from. Calls may run on any number of threads at once.
public final class CompiledGraph: Sendable {
  // What a call reads stands together, in a line or two of the cache.
  /// The address of the code: libtcc's, later perhaps another compiler's.
  let entry: Atomic<UInt>
  private let module: CompiledModule
  let workspaces: WorkspacePool
  /// By parameter, who passes its memory.
  let passed: [PassedBuffer]
  /// The positions of the results that update no parameter.
  let written: [Int]
  /// By parameter, and by result, its type in a word.
  let parameterCodes: [TypeCode]
  let resultCodes: [TypeCode]

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
  /// Which parameters become which results in place, as positions, in the order of the parameters.
  public let updates: [Update]
  /// How long each phase took that made this code.
  public let timings: Timings
  /// Bytes of temporary memory that one call needs, known before it runs.
  public let arenaByteCount: Int
  /// Bytes of machine code.
  public var codeByteCount: Int { module.codeByteCount }

  /// A parameter that becomes a result in place.
  public struct Update: Sendable, Hashable {
    /// Its position among the parameters.
    public let parameter: Int
    /// The position of its new value among the results.
    public let result: Int
  }

  private let constants: [ConstantStorage]
  let tiering = Mutex(Tiering())

  fileprivate init(
    _ graph: Graph, _ updates: [Int: Int], _ contraction: Contraction, _ accuracy: Accuracy, _ memoryBound: Int?
  ) throws(Diagnostics) {
    name = graph.name
    parameters = graph.parameters
    results = graph.results
    parameterCodes = graph.parameters.map { TypeCode($0.type) }
    resultCodes = graph.results.map { TypeCode($0.type) }
    simplified = try graph.optimised()
    self.updates = updates.sorted { $0.key < $1.key }.map { Update(parameter: $0, result: $1) }
    var passed = [PassedBuffer](repeating: .input(0), count: parameters.count)
    var (inputCount, updateCount) = (0, 0)
    for position in passed.indices {
      if let result = updates[position] {
        passed[position] = .updated(updateCount, result: result)
        updateCount += 1
      } else {
        passed[position] = .input(inputCount)
        inputCount += 1
      }
    }
    let updated = Set(updates.values)
    (self.passed, written) = (passed, results.indices.filter { !updated.contains($0) })
    let kernels = try simplified.lowered(
      updating: updates, contraction: contraction, accuracy: accuracy, memoryBound: memoryBound)
    self.kernels = kernels
    var timings = kernels.timings
    do {
      let source = timings.measure(.emit) {
        let program = Span.measure("contract") { kernels.program.forTiles(contraction) }
        return Span.measure("write") { TileEmitter.emit(program) }
      }
      let constants = try source.constants.map {
        try ConstantStorage($0, kernels.program.buffers[$0.buffer])
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
      (self.module, self.constants) = (module, constants)
      self.entry = Atomic(entry.address)
      arenaByteCount = source.arenaByteCount
    } catch let error as CompilationError {
      throw Diagnostics([Diagnostic("the C of '\(graph.name)' does not compile: \(error)", kind: .bug)])
    } catch {
      throw Diagnostics(wrapping: error)
    }
    workspaces = WorkspacePool(
      bufferCount: parameters.count + written.count, arenaByteCount: arenaByteCount,
      tapeCount: kernels.program.tapes.count)
    self.timings = timings
  }

  /// Runs the code; `fill` sets the addresses of parameters, and then of the results that update none, in this order.
  ///
  /// - Throws: `Diagnostics` if there is no memory for temporaries, or for what loops record.
  @inline(__always)
  func run(_ fill: (Workspace) -> Void) throws(Diagnostics) {
    let workspace = try workspaces.take()
    fill(workspace)
    try run(workspace)
  }

  /// Runs the code with a workspace whose addresses are set, and gives it back.
  @inline(__always)
  func run(_ workspace: Workspace) throws(Diagnostics) {
    let status = withExtendedLifetime(self) {
      CompiledModule.Entry.call(entry.load(ordering: .acquiring), buffers: UnsafePointer(workspace))
    }
    workspaces.give(workspace)
    if status != 0 { throw outOfMemory() }
  }

  /// Where the elements of a constant are.
  func constantAddress(_ buffer: BufferID) -> UnsafeRawPointer? {
    constants.first { $0.buffer == buffer }?.address
  }

  private func outOfMemory() -> Diagnostics {
    Diagnostics([Diagnostic("no memory for what the loops of '\(name)' record")])
  }
}

extension Graph {
  /// Compiles the graph to machine code inside this process.
  ///
  /// A training step gives the new values of what it was given: weights, moments. Declared as updates, these are written
  /// where the old ones are, by calls of ``CompiledGraph/call(updating:inputs:into:)``. Whether or not
  /// parameters are updated, and however the memory is used for it, results have the same bits.
  ///
  /// - Parameters:
  ///   - tier: By which code the graph is to run.
  ///   - updates: The names of parameters that become results, with the names of these: `["w": "new_w"]`.
  ///   - contraction: Whether products that are added are rounded on their own.
  ///   - accuracy: How exact functions such as exp are.
  ///   - memoryBound: The most bytes that intermediate values may take, see ``CompiledGraph/memory``. If they take
  ///     more, what is kept of elementwise operations is computed again wherever it is used, as far as that saves memory.
  ///     Results have the same bits but where products are contracted or sums are cut otherwise.
  /// - Throws: `Diagnostics` if an operation can't be compiled, a name is not there, a parameter and its result are not of
  ///   one type, a result is to update two parameters, intermediate values do not fit the bound, or with ``Tier/tier1``
  ///   there is no C compiler that works.
  public func compile(
    _ tier: Tier = .standard, updating updates: [String: String] = [:], contraction: Contraction = .fused,
    accuracy: Accuracy = .standard, memoryBound: Int? = nil
  ) throws(Diagnostics) -> CompiledGraph {
    try compile(
      tier, updating: updatePositions(updates), contraction: contraction, accuracy: accuracy, memoryBound: memoryBound)
  }

  /// The same by positions.
  func compile(
    _ tier: Tier, updating updates: [Int: Int], contraction: Contraction, accuracy: Accuracy,
    memoryBound: Int? = nil
  ) throws(Diagnostics) -> CompiledGraph {
    let compiled = try CompiledGraph(self, updates, contraction, accuracy, memoryBound)
    switch tier.resolved {
    case .tier0: break
    case .tier1: try compiled.requireTier1()
    case .automatic: compiled.startTier1()
    }
    return compiled
  }
}
