import GradC

/// A chain of scalar operations, each link made of the two before and of one of eight inputs; the product in a link is
/// written twice.
enum ScalarChain {
  static let operationsPerLink = 10

  static func graph(operations: Int) throws -> Graph {
    try trace("chain", .input("x", .f64, [8])) { x in
      let inputs = (0..<8).map { x[$0] }
      var (a, b) = (inputs[0], inputs[1])
      for link in 0..<(operations / operationsPerLink) {
        let sum: Tensor = sin(a * b) + 0.1 * (a * b)
        let mixed: Tensor = 0.5 * (sum * inputs[link % 8]) + 0.3 * a
        (a, b) = (b, mixed + 0.2)
      }
      return a + b
    }.graph
  }
}
