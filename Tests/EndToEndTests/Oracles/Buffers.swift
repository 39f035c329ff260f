import Basics
import Foundation
import KernelIR
import TensorIR

/// The memory that one call of compiled code gets: parameters, results, arena, each 64-byte aligned, and tapes.
final class CallBuffers {
  private(set) var addresses: [UnsafeMutableRawPointer?] = []
  private let resultTypes: [TensorType]
  private let parameterCount: Int

  private let tapeCount: Int

  init(_ inputs: [ReferenceTensor], _ resultTypes: [TensorType], arenaByteCount: Int, tapeCount: Int = 0) {
    self.tapeCount = tapeCount
    self.resultTypes = resultTypes
    parameterCount = inputs.count
    for input in inputs {
      let bytes = HostBuffer(input.type, input.scalars).bytes
      addresses.append(Self.allocate(bytes.count))
      bytes.withUnsafeBytes { source in
        if let start = source.baseAddress { addresses.last??.copyMemory(from: start, byteCount: source.count) }
      }
    }
    // Garbage, so that what is not written is noticed.
    for type in resultTypes { addresses.append(Self.allocate(type.byteCount)) }
    addresses.append(Self.allocate(arenaByteCount))
    addresses += [UnsafeMutableRawPointer?](repeating: nil, count: 2 * tapeCount)
  }

  deinit {
    // Behind every tape's memory stands its size.
    let fixedCount = addresses.count - 2 * tapeCount
    for address in addresses[..<fixedCount] { address?.deallocate() }
    for tape in 0..<tapeCount { free(addresses[fixedCount + 2 * tape]) }
  }

  /// Calls with the table of addresses, in which the entries of tapes may change.
  func call(_ body: (UnsafePointer<UnsafeMutableRawPointer?>) -> Int32) -> Int32 {
    addresses.withUnsafeMutableBufferPointer { buffer in buffer.baseAddress.map { body($0) } ?? -1 }
  }

  private static func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(byteCount, 1), alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0xA5, count: max(byteCount, 1))
    return memory
  }

  var results: [ReferenceTensor] {
    resultTypes.enumerated().map { index, type in
      let memory = UnsafeRawBufferPointer(start: addresses[parameterCount + index], count: type.byteCount)
      var buffer = HostBuffer(type, [Scalar]())
      buffer.bytes = Array(memory)
      return ReferenceTensor(scalars: buffer.elements, type: type)
    }
  }
}
