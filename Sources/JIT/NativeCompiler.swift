package import CEmitter
import GradCRuntime

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Machine code by the first C compiler of the system that works.
package enum NativeCompiler {
  /// Source beyond this is not tried.
  private static let greatestSource = 64 << 20
  /// Nor is what compilers hardly end with in time: on two processors they take a second for 300 KB.
  private static let bytesPerSecond = 100 << 10

  /// Compilers that could not compile anything, by name.
  private static let broken = PerProcess(Set<String>())

  /// Compiles the vector dialect and loads it.
  ///
  /// - Parameters:
  ///   - time: After this it gives up.
  ///   - compilers: Those to try, in this order; without, those of the system.
  ///   - cache: Where libraries are kept.
  ///   - constants: The address of a constant of a program, which outlives the module.
  /// - Throws: `CompilationError` that says what the first compiler that works has against it, or that there is none.
  package static func compile(
    _ source: VectorSource, within time: Duration, compilers: [SystemCompiler]? = nil,
    cache: DiskCache? = .standard,
    constants: (_ program: Int, _ buffer: Int) -> UnsafeRawPointer?
  ) throws(CompilationError) -> NativeModule {
    let seconds = Int(clamping: min(time.components.seconds, 3600))
    guard source.source.count <= min(greatestSource, max(4 << 20, seconds * bytesPerSecond)) else {
      throw CompilationError(message: "\(source.source.count) bytes of C are too many for a compiler of the system")
    }
    let deadline = ContinuousClock.now + time
    let compilers = if let compilers { compilers } else { try SystemCompiler.candidates() }
    var refusal: CompilationError?
    // What the compilers that do not work have against it.
    var faults: [String] = []
    func discard(_ compiler: SystemCompiler, _ fault: String) {
      broken.withLock { _ = $0.insert(compiler.name) }
      faults.append(fault)
    }
    for compiler in compilers where !broken.withLock({ $0.contains(compiler.name) }) {
      if compiler.version(until: deadline) == .hangs {
        if ContinuousClock.now >= deadline {
          throw refusal ?? CompilationError(message: "\(compiler.name) took too long")
        }
        discard(compiler, "\(compiler.name) does not answer")
        continue
      }
      do {
        return try compiler.compile(source, cache: cache, until: deadline, constants: constants)
      } catch {
        if ContinuousClock.now >= deadline { throw refusal ?? error }
        if !compiler.works(until: deadline) {
          discard(compiler, error.message)
        } else if refusal == nil {
          refusal = error
        }
      }
    }
    if let refusal { throw refusal }
    let reason = faults.map { "; " + $0.prefix(400) }.joined()
    throw CompilationError(
      message: "there is no C compiler: of GRADC_CC, or else cc, clang and gcc, none works" + reason)
  }
}

extension NativeCompiler {
  /// Ends what compiles now, and removes its files: this process ends.
  package static func endAll() {
    ChildProcess.killAll()
    TemporaryFolder.removeAll()
  }
}

extension SystemCompiler {
  /// Whether it can make a library of the least that the vector dialect has, within a minute.
  fileprivate func works(until deadline: ContinuousClock.Instant) -> Bool {
    let deadline = min(deadline, .now + .seconds(60))
    let source = VectorEmitter.emit([], for: .runtime)
    return (try? compile(source, cache: nil, until: deadline, constants: { _, _ in nil })) != nil
  }

  /// Compiles a source of the vector dialect and loads it.
  func compile(
    _ source: VectorSource, options: [String] = [], cache: DiskCache?, until deadline: ContinuousClock.Instant,
    constants: (_ program: Int, _ buffer: Int) -> UnsafeRawPointer?
  ) throws(CompilationError) -> NativeModule {
    guard let folder = TemporaryFolder() else {
      throw CompilationError(message: "there is no place for temporary files")
    }
    let flags = Self.flags(vectorByteCount: gradc_vector_byte_count()) + options
    let key = cache == nil ? nil : identity(flags: flags, until: deadline).map { DiskCache.key([source.source] + $0) }
    // Every module has a file of its own: a system loads a file only once.
    let library = folder.file("unit.so")
    if let cache, let key, let bytes = cache.bytes(for: key), writeFile(bytes, to: library) {
      // What can't be loaded is built anew.
      if let module = try? NativeModule(path: library, source: source, constants: constants) { return module }
      unlink(library)
    }
    try build(source, to: library, flags: flags, in: folder, until: deadline)
    let module = try NativeModule(path: library, source: source, constants: constants)
    if let cache, let key, let bytes = readFile(library) { cache.store(bytes, for: key) }
    return module
  }

  /// The same, with options of the compiler in addition, for tests.
  package func compile(
    _ source: VectorSource, options: [String], cache: DiskCache? = nil,
    constants: (_ program: Int, _ buffer: Int) -> UnsafeRawPointer?
  ) throws(CompilationError) -> NativeModule {
    try compile(source, options: options, cache: cache, until: .now + .seconds(600), constants: constants)
  }
}
