import Foundation
import GradC
import KernelIR
import TensorIR
import TensorOps
import TestSupport
import Testing

/// Files and texts that are not what they should be.
@Suite struct HostileTextTests {
  private func path(_ name: String) -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent("gradc-\(UUID().uuidString)-\(name)").path
  }

  @Test func filesThatAreNoArrays() throws {
    let missing = path("missing.npy")
    #expect { try NDArray(contentsOfNPYFile: missing) } throws: { "\($0)".contains(missing) }
    #expect(throws: Diagnostic.self) { try NDArray(contentsOfNPYFile: "/") }
    #expect(throws: Diagnostic.self) { try NDArray(contentsOfNPYFile: "") }
    #expect(throws: Diagnostic.self) { try NDArray(contentsOfNPYFile: "a\0b") }
    #expect(throws: Diagnostic.self) { try NDArray(contentsOfNPYFile: "/dev/zero") }
    #expect(throws: Diagnostic.self) { try NDArray.zeros([2]).write(toNPYFile: "/nowhere/at/all.npy") }
    let empty = path("empty.npy")
    try Data().write(to: URL(fileURLWithPath: empty))
    defer { try? FileManager.default.removeItem(atPath: empty) }
    #expect(throws: Diagnostic.self) { try NDArray(contentsOfNPYFile: empty) }
  }

  /// Every prefix of a file, and files with bytes changed, are read or refused.
  @Test func damagedArrays() throws {
    let good = try NDArray([[1.0, 2], [3, 4]]).npyBytes()
    for count in 0..<good.count { #expect(throws: Diagnostic.self) { try NDArray(npy: Array(good[..<count])) } }
    var random = SplitMix(seed: 1)
    for _ in 0..<2000 {
      var bytes = good
      for _ in 0..<(1 + random.below(3)) { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
      if let array = try? NDArray(npy: bytes) { #expect(array.byteCount <= good.count) }
    }
  }

  /// Damaged texts are read or refused with a place.
  @Test func damagedTensorIR() throws {
    let f = try trace("f", .input("w", .f32, [2, 3]), .input("x", .f32, [4, 3]), .input("i", .i64, [5])) { w, x, i in
      let y = softmax(matmul(x, w.transposed()) + Tensor([0.5, -1.25]))
      return [y.take(i).sum(), select(y .> 0.5, y, 0)[1..., 0].max()]
    }
    let good = Array(try f.compile().simplified.description.utf8)
    _ = try Function(parsing: String(decoding: good, as: UTF8.self), ops: OpRegistry.make)
    var random = SplitMix(seed: 2)
    for _ in 0..<1500 {
      let bytes = damaged(good, &random)
      do {
        for function in try Module(parsing: bytes, ops: OpRegistry.make).functions { try function.verify() }
      } catch {
        #expect(!error.all.isEmpty && error.all.allSatisfy { $0.kind != .bug }, "\(error)")
      }
    }
  }

  @Test func damagedKernelIR() throws {
    let f = try trace("f", .input("w", .f32, [2, 3]), .input("x", .f32, [4, 3])) { w, x in
      softmax(matmul(x, w.transposed())).sum()
    }
    let good = Array(try f.compile().kernels.description.utf8)
    try Program(parsing: String(decoding: good, as: UTF8.self)).verify()
    var random = SplitMix(seed: 3)
    for _ in 0..<1500 {
      let text = String(decoding: damaged(good, &random), as: UTF8.self)
      if let program = try? Program(parsing: text) { _ = try? program.verify() }
    }
  }

  private func damaged(_ good: [UInt8], _ random: inout SplitMix) -> [UInt8] {
    var bytes = good
    for _ in 0..<(1 + random.below(3)) where !bytes.isEmpty {
      let place = random.below(bytes.count)
      switch random.below(4) {
      case 0: bytes.remove(at: place)
      case 1: bytes[place] = UInt8(random.below(256))
      case 2:
        bytes.insert(
          contentsOf: random.pick([Array("-".utf8), Array("9999999999999999999".utf8), Array("[{(".utf8)]), at: place)
      default: bytes.removeSubrange(place..<min(bytes.count, place + random.below(40)))
      }
    }
    return bytes
  }
}
