/// Machine code compiled from one C text, and the addresses of its entry points. Freed with the last reference, so
/// whoever calls an address from `function(named:)` keeps the module alive meanwhile.
package final class CompiledModule: Sendable {
  private let code: CodeMemory
  private let functions: [String: UInt]

  init(code: CodeMemory, functions: [String: UInt]) {
    self.code = code
    self.functions = functions
  }

  /// The address of an entry function, or `nil` if there is none of this name.
  package func function(named name: String) -> UnsafeRawPointer? {
    functions[name].flatMap { UnsafeRawPointer(bitPattern: $0) }
  }

  /// Bytes of memory that hold the code.
  package var codeByteCount: Int { code.byteCount }

  /// The addresses of the code, for tests.
  package var codeRange: Range<UInt> {
    let start = UInt(bitPattern: code.start)
    return start..<start + UInt(code.byteCount)
  }
}

extension CompiledModule {
  /// A function `int entry(void *const *buffers)` of a module; valid while the module lives.
  package struct Entry: Sendable {
    typealias Function = @convention(c) (UnsafePointer<UnsafeMutableRawPointer?>) -> Int32
    let function: Function

    /// The code's address; an entry can be kept in a word.
    package var address: UInt { UInt(bitPattern: unsafeBitCast(function, to: UnsafeRawPointer.self)) }

    /// Calls the code at an entry's address, whose module the caller keeps alive.
    @inline(__always)
    package static func call(_ address: UInt, buffers: UnsafePointer<UnsafeMutableRawPointer?>) -> Int32 {
      unsafeBitCast(address, to: Function.self)(buffers)
    }
  }

  /// The uniform entry function of this name, or `nil`.
  package func entry(named name: String) -> Entry? {
    function(named: name).map { Entry(function: unsafeBitCast($0, to: Entry.Function.self)) }
  }

  /// Calls an entry of this module with its buffers and returns what it returns, 0 for success. Any number of threads may
  /// call at once.
  package func call(_ entry: Entry, buffers: UnsafePointer<UnsafeMutableRawPointer?>) -> Int32 {
    withExtendedLifetime(self) { entry.function(buffers) }
  }
}
