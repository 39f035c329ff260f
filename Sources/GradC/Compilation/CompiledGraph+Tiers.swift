internal import CEmitter
internal import JIT
internal import KernelIR
internal import Synchronization

/// Where the code of tier 1 comes to be.
struct Tiering: Sendable {
  var state = TierState.tier0
  var module: NativeModule?
  /// The process that builds: the thread that does is gone after a fork.
  var builder: Int32 = 0
}

extension Tier {
  /// Ends all compilers that this process has started, and removes their files, before a signal ends this process.
  package static func endCompilers() { NativeCompiler.endAll() }
}

extension CompiledGraph {
  /// How far the code is. With ``Tier/automatic`` it may change between calls, which changes no result.
  public var tierState: TierState {
    tiering.withLock { tiering in
      if tiering.state == .building, tiering.builder != Environment.process {
        return .unavailable("the process that built it is another")
      }
      return tiering.state
    }
  }

  /// Waits until the code of a compiler of the system is there, or known not to come.
  ///
  /// - Parameter time: The longest to wait; without, as long as it takes.
  /// - Returns: What is then known: ``TierState/building`` only if the time was too short.
  @discardableResult
  public func waitForTier1(atMost time: Duration? = nil) -> TierState {
    let deadline = time.map { ContinuousClock.now + $0 }
    while tierState == .building {
      if let deadline, ContinuousClock.now >= deadline { break }
      Environment.pause(microseconds: 500)
    }
    return tierState
  }

  /// Starts to build beside everything else.
  func startTier1() {
    tiering.withLock { $0 = Tiering(state: .building, builder: Environment.process) }
    let isQueued = BackgroundWork.submit { [weak self] in
      // A graph that is not used any more needs no code.
      guard let self else { return }
      do throws(CompilationError) {
        self.install(try self.buildTier1(within: .seconds(120)))
      } catch {
        self.tiering.withLock { $0.state = .unavailable(error.description) }
      }
    }
    if !isQueued { tiering.withLock { $0.state = .unavailable("there is no thread to build it") } }
  }

  /// Builds, and waits for it.
  func requireTier1() throws(Diagnostics) {
    do throws(CompilationError) {
      install(try buildTier1(within: .seconds(3600)))
    } catch {
      throw Diagnostics([Diagnostic("'\(name)' has no code of tier 1: \(error)", kind: .unsupported)])
    }
  }

  private func buildTier1(within time: Duration) throws(CompilationError) -> NativeModule {
    let program = kernels.program.forTiles(kernels.contraction)
    let source = VectorEmitter.emit(program, for: .runtime)
    return try NativeCompiler.compile(source, within: time) { _, buffer in constantAddress(buffer) }
  }

  /// Later calls run the code; those that are under way end in the other.
  private func install(_ module: NativeModule) {
    guard let first = module.entries.first else { return }
    tiering.withLock { tiering in
      tiering.module = module
      tiering.state = .tier1
    }
    entry.store(first.address, ordering: .releasing)
  }
}
