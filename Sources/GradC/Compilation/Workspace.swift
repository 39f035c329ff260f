internal import Basics
internal import CEmitter
internal import GradCRuntime
internal import KernelIR
internal import Synchronization

/// What one call needs besides the caller's arrays: a table of buffer addresses, then the arena, then for every tape the
/// address of its memory and the number of its bytes. Tapes grow in calls and keep their memory for the next one.
///
/// A workspace is nothing but the address of its table, so that a call touches no reference counts.
typealias Workspace = UnsafeMutablePointer<UnsafeMutableRawPointer?>

/// The workspaces of a program: as many as calls ever ran at once.
///
/// The first thread that calls owns one workspace, which it takes without a locked instruction: such an instruction
/// waits for all stores before it, which takes as long as a small kernel. A thread that comes to have the number of an
/// owner that has ended owns its workspace.
final class WorkspacePool: Sendable {
  private let bufferCount: Int
  private let arenaByteCount: Int
  private let tapeCount: Int
  /// The number of the thread that owns a workspace, or 0.
  private let owner = Atomic<UInt>(0)
  /// The address of the owner's workspace, or 0; written by the owner alone.
  private let owned = Atomic<UInt>(0)
  /// The address of a free workspace, or 0. What one other thread needs.
  private let slot = Atomic<UInt>(0)
  private let shared = Mutex(Shared())

  private struct Shared {
    var free: [UInt] = []
    var all: [UInt] = []
  }

  init(bufferCount: Int, arenaByteCount: Int, tapeCount: Int) {
    self.bufferCount = bufferCount
    self.arenaByteCount = arenaByteCount
    self.tapeCount = tapeCount
  }

  deinit {
    let all = shared.withLock { $0.all }
    for address in all {
      guard let workspace = Workspace(bitPattern: address) else { continue }
      gradc_aligned_free(workspace[bufferCount])
      for tape in 0..<tapeCount { gradc_aligned_free(workspace[bufferCount + 1 + 2 * tape]) }
      workspace.deallocate()
    }
  }

  /// - Throws: `Diagnostics` if there is no memory.
  @inline(__always)
  func take() throws(Diagnostics) -> Workspace {
    if owner.load(ordering: .relaxed) == gradc_thread_number(),
      let workspace = Workspace(bitPattern: owned.load(ordering: .relaxed))
    {
      return workspace
    }
    return try takeUnowned()
  }

  @inline(__always)
  func give(_ workspace: Workspace) {
    if UInt(bitPattern: workspace) != owned.load(ordering: .relaxed) { giveUnowned(workspace) }
  }

  private func takeUnowned() throws(Diagnostics) -> Workspace {
    let claim = owner.compareExchange(
      expected: 0, desired: UInt(gradc_thread_number()), ordering: .acquiringAndReleasing)
    if claim.exchanged {
      do {
        let workspace = try makeWorkspace()
        owned.store(UInt(bitPattern: workspace), ordering: .relaxed)
        return workspace
      } catch {
        owner.store(0, ordering: .releasing)
        throw error
      }
    }
    if let workspace = Workspace(bitPattern: slot.exchange(0, ordering: .acquiring)) { return workspace }
    return try takeShared()
  }

  private func giveUnowned(_ workspace: Workspace) {
    let old = slot.exchange(UInt(bitPattern: workspace), ordering: .acquiringAndReleasing)
    if old != 0 { shared.withLock { $0.free.append(old) } }
  }

  private func takeShared() throws(Diagnostics) -> Workspace {
    if let workspace = Workspace(bitPattern: shared.withLock { $0.free.popLast() ?? 0 }) { return workspace }
    return try makeWorkspace()
  }

  private func makeWorkspace() throws(Diagnostics) -> Workspace {
    guard let arena = gradc_aligned_alloc(arenaByteCount) else {
      throw Diagnostics([Diagnostic("no memory for the \(arenaByteCount) bytes of temporaries that a call needs")])
    }
    let count = bufferCount + 1 + 2 * tapeCount
    let workspace = Workspace.allocate(capacity: count)
    workspace.initialize(repeating: nil, count: count)
    workspace[bufferCount] = arena
    let address = UInt(bitPattern: workspace)
    shared.withLock { $0.all.append(address) }
    return workspace
  }
}

/// The elements of a constant of a program in memory, 64-byte aligned.
final class ConstantStorage: @unchecked Sendable {
  let symbol: String
  let buffer: BufferID
  private let bytes: UnsafeMutableRawPointer

  var address: UnsafeRawPointer { UnsafeRawPointer(bytes) }

  init(_ constant: TileSource.Constant, _ buffer: Buffer) throws(Diagnostic) {
    guard case .constant(let elements) = buffer.role else {
      throw Diagnostic("'\(buffer.name)' is no constant", kind: .bug)
    }
    symbol = constant.symbol
    self.buffer = constant.buffer
    bytes = .allocate(byteCount: max(elements.count * buffer.type.dtype.byteCount, 64), alignment: 64)
    var place = bytes
    for element in elements {
      switch element.dtype.byteCount {
      case 1: place.storeBytes(of: UInt8(truncatingIfNeeded: element.bits), as: UInt8.self)
      case 4: place.storeBytes(of: UInt32(truncatingIfNeeded: element.bits), as: UInt32.self)
      default: place.storeBytes(of: element.bits, as: UInt64.self)
      }
      place += element.dtype.byteCount
    }
  }

  deinit { bytes.deallocate() }
}
