/// What the C is written for.
enum Dialect {
  /// Calls of the runtime on tiles, for libtcc.
  case tile
  /// Vectors in registers, for a compiler that optimises.
  case vector
  /// Plain loops over single elements, for any compiler.
  case portable

  /// Whether tile values are more than one element at a time.
  var hasTiles: Bool { self != .portable }
}
