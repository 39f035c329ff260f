import Foundation
import KernelIR
import Testing

@testable import CEmitter

/// C text is compared with files; GRADC_BLESS=1 in the environment writes them anew.
@Suite struct GoldenTests {
  static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Goldens/CEmitter")

  static let names = ["elementwise", "softmax", "column_sum", "scalar", "gather", "dense"]

  @Test(arguments: names) func tileDialect(_ name: String) throws {
    let program = try Program(parsing: text(name, "kir"), file: name + ".kir")
    try compare(TileEmitter.emit(program).source, name, "tile.c")
  }

  @Test(arguments: names) func portableDialect(_ name: String) throws {
    let program = try Program(parsing: text(name, "kir"), file: name + ".kir")
    let source = PortableEmitter.emit(program, headerName: name + ".h")
    try compare(source.source, name, "c")
    try compare(source.header, name, "h")
  }

  private func text(_ name: String, _ ending: String) throws -> String {
    try String(contentsOf: Self.directory.appending(path: "\(name).\(ending)"), encoding: .utf8)
  }

  private func compare(_ bytes: [UInt8], _ name: String, _ ending: String) throws {
    let file = Self.directory.appending(path: "\(name).\(ending)")
    if ProcessInfo.processInfo.environment["GRADC_BLESS"] == "1" {
      try Data(bytes).write(to: file)
    } else {
      #expect(try String(decoding: bytes, as: UTF8.self) == text(name, ending))
    }
  }
}
