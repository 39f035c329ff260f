internal import Basics
internal import KernelIR
internal import Synchronization

/// What one call needs besides the caller's arrays: the table of buffers, whose last entry is the arena.
final class Workspace: @unchecked Sendable {
  let buffers: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  private let arena: UnsafeMutableRawPointer

  init(bufferCount: Int, arenaByteCount: Int) {
    buffers = .allocate(capacity: bufferCount + 1)
    buffers.initialize(repeating: nil, count: bufferCount + 1)
    arena = .allocate(byteCount: max(arenaByteCount, 64), alignment: 64)
    buffers[bufferCount] = arena
  }

  deinit {
    buffers.deallocate()
    arena.deallocate()
  }
}

/// Workspaces that no call uses now: as many as calls ever ran at once.
final class WorkspacePool: Sendable {
  private let bufferCount: Int
  private let arenaByteCount: Int
  private let free: Mutex<[Workspace]>

  init(bufferCount: Int, arenaByteCount: Int) {
    self.bufferCount = bufferCount
    self.arenaByteCount = arenaByteCount
    free = Mutex([Workspace(bufferCount: bufferCount, arenaByteCount: arenaByteCount)])
  }

  func take() -> Workspace {
    free.withLock { $0.popLast() } ?? Workspace(bufferCount: bufferCount, arenaByteCount: arenaByteCount)
  }

  func give(_ workspace: Workspace) { free.withLock { $0.append(workspace) } }
}

/// The elements of a constant of a program in memory, 64-byte aligned.
final class ConstantStorage: @unchecked Sendable {
  let symbol: String
  private let bytes: UnsafeMutableRawPointer

  var address: UnsafeRawPointer { UnsafeRawPointer(bytes) }

  init(_ symbol: String, _ buffer: Buffer) throws(Diagnostic) {
    guard case .constant(let elements) = buffer.role else {
      throw Diagnostic("'\(buffer.name)' is no constant", kind: .bug)
    }
    self.symbol = symbol
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
