internal import Sparsity

/// A matrix of which only entries that may differ from zero are held, row by row.
///
/// Its arrays are those of the three common formats: ``coordinates`` (COO), ``compressedRows`` (CSR) and
/// ``compressedColumns`` (CSC), with indices of dtype i32.
public struct SparseMatrix: Sendable {
  /// Where the entries are.
  public let structure: SparseStructure
  /// The entries, row by row: a vector of a floating dtype.
  public let values: NDArray

  /// A matrix of entries in the order of the structure.
  ///
  /// - Throws: `Diagnostics` if there are more or fewer values than entries, or they are not of a floating dtype.
  public init(_ structure: SparseStructure, values: NDArray) throws(Diagnostics) {
    guard values.shape == [structure.entryCount], values.dtype.isFloating else {
      throw Diagnostics([
        Diagnostic(
          "a matrix of \(structure.entryCount) entries needs as many floating values, not \(values.tensorType)")
      ])
    }
    self.structure = structure
    self.values = values
  }

  /// The element type.
  public var dtype: DType { values.dtype }
  /// The number of rows.
  public var rowCount: Int { structure.rowCount }
  /// The number of columns.
  public var columnCount: Int { structure.columnCount }
}

extension SparseMatrix {
  /// Every entry's row, column and value, row by row.
  public var coordinates: (rows: NDArray, columns: NDArray, values: NDArray) {
    (NDArray(structure.rows), NDArray(structure.columns), values)
  }

  /// For every row the number of its first entry, and at the end that of all entries; every entry's column and value, row
  /// by row.
  public var compressedRows: (offsets: NDArray, columns: NDArray, values: NDArray) {
    (NDArray(structure.rowOffsets.map { Int32($0) }), NDArray(structure.columns), values)
  }

  /// For every column the number of its first entry, and at the end that of all entries; every entry's row and value,
  /// column by column.
  public var compressedColumns: (offsets: NDArray, rows: NDArray, values: NDArray) {
    let (pattern, positions) = structure.pattern.transposedWithPositions()
    return (NDArray(pattern.rowOffsets.map { Int32($0) }), NDArray(pattern.columns), values.picked(positions))
  }

  /// Rows for columns.
  public var transposed: SparseMatrix {
    let (pattern, positions) = structure.pattern.transposedWithPositions()
    return SparseMatrix(unchecked: SparseStructure(pattern), values.picked(positions))
  }

  init(unchecked structure: SparseStructure, _ values: NDArray) {
    self.structure = structure
    self.values = values
  }

  /// An entry, 0 where there is none; `nil` outside of the matrix.
  public subscript(row: Int, column: Int) -> Double? {
    guard (0..<rowCount).contains(row), (0..<columnCount).contains(column) else { return nil }
    guard let entry = structure.entry(row: row, column: column) else { return 0 }
    return values.scalar(atPosition: entry).doubleValue
  }

  /// The matrix with its zeros: `[rows, columns]`.
  ///
  /// - Throws: `Diagnostics` if there is no memory.
  public func dense() throws(Diagnostics) -> NDArray {
    do {
      var result = try NDArray.zeros([rowCount, columnCount], dtype: dtype)
      let (width, columns, size) = (columnCount, structure.columns, dtype.byteCount)
      values.withUnsafeBytes { source in
        result.withUnsafeMutableBytes { target in
          for row in 0..<rowCount {
            for entry in structure.pattern.rowOffsets[row]..<structure.pattern.rowOffsets[row + 1] {
              let place = (row * width + Int(columns[entry])) * size
              target[place..<place + size].copyBytes(from: source[entry * size..<(entry + 1) * size])
            }
          }
        }
      }
      return result
    } catch {
      throw Diagnostics([error])
    }
  }

  /// `A x`.
  ///
  /// - Parameter vector: As many elements as there are columns, of the matrix's dtype.
  /// - Throws: `Diagnostics` if it has another length or dtype.
  public func times(_ vector: NDArray) throws(Diagnostics) -> NDArray {
    guard vector.shape == [columnCount], vector.dtype == dtype else {
      throw Diagnostics([
        Diagnostic("\(rowCount) × \(columnCount) \(dtype) times \(vector.tensorType) is not defined")
      ])
    }
    return dtype == .f32 ? product(vector, Float.self) : product(vector, Double.self)
  }

  private func product<Element: NDArrayElement & BinaryFloatingPoint>(_ vector: NDArray, _: Element.Type) -> NDArray {
    let (offsets, columns) = (structure.pattern.rowOffsets, structure.pattern.columns)
    let sums = values.withUnsafeBytes { values in
      vector.withUnsafeBytes { vector in
        let (values, vector) = (values.bindMemory(to: Element.self), vector.bindMemory(to: Element.self))
        return columns.withUnsafeBufferPointer { columns in
          (0..<rowCount).map { row in
            var sum = Element.zero
            for entry in offsets[row]..<offsets[row + 1] { sum += values[entry] * vector[Int(columns[entry])] }
            return sum
          }
        }
      }
    }
    return NDArray(sums)
  }
}

extension NDArray {
  /// The elements of a floating vector at these positions.
  fileprivate func picked(_ positions: [Int32]) -> NDArray {
    func picked<Element: NDArrayElement>(_: Element.Type) -> NDArray {
      withUnsafeBytes { bytes in
        let elements = bytes.bindMemory(to: Element.self)
        return NDArray(positions.map { elements[Int($0)] })
      }
    }
    return dtype == .f32 ? picked(Float.self) : picked(Double.self)
  }
}

extension SparseMatrix: CustomStringConvertible {
  /// Its size and dtype.
  public var description: String { "\(dtype) \(structure)" }
}
