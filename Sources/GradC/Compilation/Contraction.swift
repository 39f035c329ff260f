internal import KernelIR
internal import Passes

/// What becomes of a product of arrays that is added to something, or subtracted.
public enum Contraction: Sendable, Hashable {
  /// `a * b + c`, `a * b - c` and `c - a * b` are fused multiply-adds, rounded once: what C compilers do on chips with
  /// the instruction. Results differ by rounding from those of `separate`, and are the same on every chip. A product
  /// that has other uses, and scalar code, which is not run in tiles, stay as they are.
  case fused
  /// The product is rounded on its own, as in the graph.
  case separate
}

extension Program {
  /// The program that the tile dialect is written from.
  func forTiles(_ contraction: Contraction) -> Program { contraction == .fused ? contracted() : self }
}
