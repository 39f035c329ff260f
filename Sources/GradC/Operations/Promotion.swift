package import Basics

// Which operands go together, in one table; docs/dtypes.md shows it.

/// What an operand brings to an operation: a dtype, or a kind of literal.
package enum OperandKind: Hashable, CaseIterable, Sendable {
  case tensor(DType)
  case integerLiteral
  case floatingLiteral
  case booleanLiteral

  package static let allCases: [OperandKind] =
    DType.allCases.map { .tensor($0) } + [.integerLiteral, .floatingLiteral, .booleanLiteral]

  /// As in the table of the documentation.
  package var name: String {
    switch self {
    case .tensor(let dtype): dtype.name
    case .integerLiteral: "2"
    case .floatingLiteral: "0.5"
    case .booleanLiteral: "true"
    }
  }
}

/// The dtypes in which two operands meet.
///
/// Tensors meet in their own dtype or not at all: a conversion costs time and accuracy, and is written with `cast(to:)`.
/// Literals take the dtype of a tensor that can hold what they are.
package enum Promotion {
  /// The dtype of both operands; `nil` if they do not go together.
  package static func common(_ a: OperandKind, _ b: OperandKind) -> DType? {
    guard let row = kinds.firstIndex(of: a), let column = kinds.firstIndex(of: b) else { return nil }
    return table[row][column]
  }

  static let kinds = OperandKind.allCases

  /// Rows and columns in the order of `kinds`.
  private static let table: [[DType?]] = [
    // f32  f64    i32    i64    bool   2     0.5   true
    [.f32, nil, nil, nil, nil, .f32, .f32, nil],
    [nil, .f64, nil, nil, nil, .f64, .f64, nil],
    [nil, nil, .i32, nil, nil, .i32, nil, nil],
    [nil, nil, nil, .i64, nil, .i64, nil, nil],
    [nil, nil, nil, nil, .bool, nil, nil, .bool],
    // Literals alone have dtypes only where they meet nothing else: whole numbers stay whole if there is no fraction.
    [.f32, .f64, .i32, .i64, nil, .i32, .f32, nil],
    [.f32, .f64, nil, nil, nil, .f32, .f32, nil],
    [nil, nil, nil, nil, .bool, nil, nil, .bool],
  ]
}
