import ArgumentParser
import GradC

struct EinsumCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "einsum",
    abstract: "Shows in which order the operands of an Einstein sum are multiplied, and what that costs.",
    discussion: """
      gradc einsum 'ij,jk,kl->il' 10,100 100,5 5,50

      Operands are numbered from 0 on, then the products. The order has the fewest multiplications, and of those with as \
      few the smallest intermediate products: of all orders for up to ten operands, of those that are looked at for more.
      """)

  @Argument(help: "The formula, such as 'bij,bjk->bik'.")
  var formula: String

  @Argument(help: "The shape of every operand, extents separated by commas; '' is that of a scalar.")
  var shapes: [String] = []

  func run() throws {
    let shapes = try shapes.map { text in
      let parts = text.split(separator: ",", omittingEmptySubsequences: !text.contains(","))
      return Shape(
        try parts.map { part in
          guard let extent = Int(part), 0...Int(Int32.max) ~= extent else {
            throw ValidationError("'\(text)' is no shape; extents are numbers separated by commas, such as 3,4")
          }
          return extent
        })
    }
    print(try EinsumPath(formula, shapes: shapes))
  }
}
