/// How each value of a kernel appears in C.
enum Place: UInt8 {
  /// Nothing needs it.
  case dead
  /// A literal.
  case literal
  /// An element of a buffer at a constant index, read wherever it is used.
  case element
  /// Part of the one expression that uses it.
  case inline
  /// A variable.
  case local
  /// The variable of the accumulator that it finishes.
  case alias
  /// A tile of the scratch memory.
  case slot
  /// A tile that is read in place from the buffer it is loaded from.
  case pointer
  /// A tile that is computed in place in the buffer it is stored to.
  case destination
  /// Part of the pair, chain, join or dot that uses it.
  case fused
  /// 32 lanes in the scratch memory.
  case lanes
}
