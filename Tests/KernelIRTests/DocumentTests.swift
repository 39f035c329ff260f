import Foundation
import KernelIR
import Testing

/// The programs that the page on kernel IR shows.
@Suite struct DocumentTests {
  @Test func examplesReadBack() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let page = root.deletingLastPathComponent().appending(path: "docs/kernel-ir.md")
    let parts = try String(contentsOf: page, encoding: .utf8).components(separatedBy: "```\n")
    try #require(parts.count == 7)
    for text in [parts[1], parts[3], parts[5]] {
      let program = try Program(parsing: text)
      try program.verify()
      #expect(program.description == text)
    }
  }
}
