import CEmitter
import GradCRuntime

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Machine code that a compiler of the system made of the vector dialect. Unloaded with the last reference, so whoever calls
/// an entry keeps the module alive meanwhile.
package final class NativeModule: @unchecked Sendable {
  private let handle: UnsafeMutableRawPointer
  /// By program of the source.
  package let entries: [CompiledModule.Entry]

  /// Loads a library and gives it the addresses that it needs.
  ///
  /// - Parameters:
  ///   - path: A file that no other module has been loaded from.
  ///   - constants: The address of a constant of a program, which outlives the module.
  init(
    path: String, source: VectorSource, constants: (_ program: Int, _ buffer: Int) -> UnsafeRawPointer?
  ) throws(CompilationError) {
    guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
      throw CompilationError(message: dlerror().map { String(cString: $0) } ?? "the library can't be loaded")
    }
    self.handle = handle
    var addresses: [UnsafeMutableRawPointer?] = []
    for link in source.links {
      let address: UnsafeRawPointer? =
        switch link {
        case .runtime(let name): gradc_symbol(name).map { UnsafeRawPointer($0) }
        case .registers(let function): gradc_vector_function(function.name).map { UnsafeRawPointer($0) }
        case .constant(let program, let buffer): constants(program, buffer)
        }
      guard let address else {
        entries = []
        throw CompilationError(message: "there is no \(link)")
      }
      addresses.append(UnsafeMutableRawPointer(mutating: address))
    }
    typealias Link = @convention(c) (UnsafePointer<UnsafeMutableRawPointer?>) -> Void
    let symbols = source.entryNames.compactMap { dlsym(handle, $0) }
    guard let link = dlsym(handle, source.linkName), symbols.count == source.entryNames.count else {
      entries = []
      throw CompilationError(message: "the library lacks an entry")
    }
    addresses.append(nil)
    unsafeBitCast(link, to: Link.self)(addresses)
    entries = symbols.map { CompiledModule.Entry(function: unsafeBitCast($0, to: CompiledModule.Entry.Function.self)) }
  }

  deinit { dlclose(handle) }

  /// Calls an entry with its buffers; see `CompiledModule.call`.
  package func call(_ entry: CompiledModule.Entry, buffers: UnsafePointer<UnsafeMutableRawPointer?>) -> Int32 {
    withExtendedLifetime(self) { entry.function(buffers) }
  }
}
