import Foundation
import KernelIR
import Testing

/// The program that the page on kernel IR shows.
@Suite struct DocumentTests {
  @Test func exampleReadsBack() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let page = root.deletingLastPathComponent().appending(path: "docs/kernel-ir.md")
    let parts = try String(contentsOf: page, encoding: .utf8).components(separatedBy: "```\n")
    try #require(parts.count == 3)
    let program = try Program(parsing: parts[1])
    try program.verify()
    #expect(program.description == parts[1])
  }
}
