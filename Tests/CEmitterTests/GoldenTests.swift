import Foundation
import KernelIR
import TestSupport
import Testing

@testable import CEmitter

/// Kernel IR in `Tests/Golden/CEmitterTests` and the C that comes from it, next to it.
@Suite struct GoldenTests {
  static let names = ["elementwise", "softmax", "column_sum", "scalar", "gather", "dense", "scan", "while"]

  static func program(_ name: String) throws -> Program {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = folder.appending(path: "Golden/CEmitterTests/\(name).kir")
    return try Program(parsing: String(contentsOf: file, encoding: .utf8), file: "\(name).kir")
  }

  @Test(arguments: names) func tileDialect(_ name: String) throws {
    let source = TileEmitter.emit(try Self.program(name))
    #expect(goldenMismatch(String(decoding: source.source, as: UTF8.self), "\(name).tile.c") == nil)
  }

  @Test(arguments: names) func portableDialect(_ name: String) throws {
    let source = PortableEmitter.emit(try Self.program(name), headerName: "\(name).h")
    #expect(goldenMismatch(String(decoding: source.source, as: UTF8.self), "\(name).c") == nil)
    #expect(goldenMismatch(String(decoding: source.header, as: UTF8.self), "\(name).h") == nil)
  }
}
