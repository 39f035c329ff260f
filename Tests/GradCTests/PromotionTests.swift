import Foundation
import GradC
import Testing

/// Every pair of operands, against the one table, and the table against its page.
@Suite struct PromotionTests {
  private func operand(_ kind: OperandKind) -> Tensor {
    switch kind {
    case .tensor(.bool): Tensor([1, 0]).cast(to: .bool)
    case .tensor(let dtype): Tensor([1, 2]).cast(to: dtype)
    case .integerLiteral: 2
    case .floatingLiteral: 0.5
    case .booleanLiteral: true
    }
  }

  @Test(arguments: OperandKind.allCases) func everyPair(_ kind: OperandKind) {
    for other in OperandKind.allCases {
      let (a, b) = (operand(kind), operand(other))
      let due = Promotion.common(kind, other)
      #expect(due == Promotion.common(other, kind), "\(kind) and \(other)")
      // Comparison is for all dtypes; arithmetic keeps them.
      let compared = a .== b
      #expect(compared.isPoisoned == (due == nil), "\(kind) and \(other)")
      #expect(due == nil || compared.dtype == .bool)
      let isLogic = due == .bool
      let combined = isLogic ? a .& b : a + b
      #expect(combined.isPoisoned == (due == nil), "\(kind) and \(other)")
      if let due { #expect(combined.dtype == due, "\(kind) and \(other)") }
    }
  }

  @Test func thePageShowsTheTable() throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/dtypes.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    let kinds = OperandKind.allCases
    var lines = ["| | " + kinds.map(\.name).joined(separator: " | ") + " |", "|" + String(repeating: "---|", count: 9)]
    for row in kinds {
      let entries = kinds.map { Promotion.common(row, $0)?.name ?? "–" }
      lines.append("| **\(row.name)** | " + entries.joined(separator: " | ") + " |")
    }
    #expect(text.contains(lines.joined(separator: "\n")))
  }
}
