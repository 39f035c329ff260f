import Basics
import KernelIR
import TensorIR

/// The memory that one call of compiled code gets: parameters, results, arena, each 64-byte aligned.
final class CallBuffers {
  private(set) var addresses: [UnsafeMutableRawPointer?] = []
  private let resultTypes: [TensorType]
  private let parameterCount: Int

  init(_ inputs: [ReferenceTensor], _ resultTypes: [TensorType], arenaByteCount: Int) {
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
  }

  deinit { for address in addresses { address?.deallocate() } }

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
