package import Basics
package import TensorIR

/// All ops there are.
package enum OpRegistry {
  /// One entry for every op or family of ops.
  package static let families: [OpFamily] = [
    Constant.family, Iota.family,
    ElementwiseOp.family, Select.family, Cast.family,
    Broadcast.family, Reshape.family, Transpose.family, Slice.family, Reverse.family, Pad.family, Concat.family,
    StopGradient.family, Softplus.family, LogAddExp.family, Polygamma.family, ErfInv.family, Ndtri.family,
    Reduce.family, Cumulate.family, LinearRecurrence.family,
    DotGeneral.family,
    Threefry.family, Argsort.family, Windows.family, FoldWindows.family,
    Take.family, Scatter.family, DynamicSlice.family, DynamicUpdateSlice.family,
    Call.family, Conditional.family, Scan.family, WhileLoop.family, CustomDerivative.family, LinearCall.family,
    Cholesky.family, TriangularSolve.family, LU.family, Solve.family,
    Determinant.family, LogAbsDeterminant.family, Adjugate.family,
    QR.family, Eigh.family, SVD.family, PseudoInverse.family,
  ]

  private static let familyByName = Dictionary(
    families.flatMap { family in family.names.map { ($0, family) } }, uniquingKeysWith: { first, _ in first })

  /// The names of all ops.
  package static var names: [String] { families.flatMap(\.names) }

  /// The examples of all ops.
  package static var examples: [OpExample] { families.flatMap { $0.examples() } }

  /// The op of that name with these attributes; throws if there is none, or what is wrong with the attributes.
  package static func make(_ name: String, _ attributes: AttributeReader) throws(Diagnostic) -> any Op {
    guard let family = familyByName[name] else { throw Diagnostic("there is no op '\(name)'") }
    return try family.make(name, attributes)
  }
}
