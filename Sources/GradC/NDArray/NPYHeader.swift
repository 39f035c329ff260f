import Basics

/// The head of a `.npy` file: magic, version, length, and a Python dictionary with dtype, axis order and shape.
///
/// Format: numpy.lib.format, versions 1.0, 2.0 and 3.0.
struct NPYHeader: Hashable {
  var type: TensorType
  /// `true` if the first axis varies fastest in the file.
  var isFortranOrder: Bool
  var isBigEndian: Bool
  /// Bytes before the first element.
  var dataOffset: Int
}

extension NPYHeader {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// A head this long holds any shape; more is not a head.
  static let maximumByteCount = 1 << 16
  /// NumPy's own limit.
  static let maximumRank = 64

  /// Reads the head at the start of `bytes`, which has the first `maximumByteCount` bytes of the file or all of it.
  ///
  /// - Throws: `Diagnostic` if it is malformed or of a dtype that GradC lacks.
  init(_ bytes: UnsafeRawBufferPointer) throws(Diagnostic) {
    guard bytes.count >= 8, bytes.starts(with: Self.magic) else {
      throw Diagnostic("not a .npy file: it does not start with the bytes 93 'NUMPY' and a version")
    }
    let major = bytes[6]
    guard (1...3).contains(major), bytes[7] == 0 else {
      throw Diagnostic("version \(major).\(bytes[7]) of the .npy format is not known", kind: .unsupported)
    }
    let lengthByteCount = major == 1 ? 2 : 4
    let start = 8 + lengthByteCount
    guard bytes.count >= start else { throw Diagnostic("the .npy file ends within its head") }
    let length = (0..<lengthByteCount).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
    guard start + length <= Self.maximumByteCount else {
      throw Diagnostic("the .npy file's head claims \(length) bytes; no shape needs as many")
    }
    guard bytes.count >= start + length else { throw Diagnostic("the .npy file ends within its head") }
    var parser = NPYDictionaryParser(UnsafeRawBufferPointer(rebasing: bytes[start..<start + length]))
    let entries = try parser.parse()
    let (dtype, isBigEndian) = try Self.dtype(of: entries.descr)
    let shape = Shape(entries.isFortranOrder ? entries.extents.reversed() : entries.extents)
    self.init(
      type: TensorType(dtype, shape), isFortranOrder: entries.isFortranOrder, isBigEndian: isBigEndian,
      dataOffset: start + length)
  }

  /// The dtype and byte order of a NumPy type string such as `<f4`.
  private static func dtype(of descr: String) throws(Diagnostic) -> (DType, isBigEndian: Bool) {
    let order: Character? = descr.first.flatMap { "<>|=".contains($0) ? $0 : nil }
    let dtype: DType? =
      switch descr.dropFirst(order == nil ? 0 : 1) {
      case "f4": .f32
      case "f8": .f64
      case "i4": .i32
      case "i8": .i64
      case "b1", "?": .bool
      default: nil
      }
    guard let dtype, dtype == .bool || order != "|" else {
      throw Diagnostic(
        "the .npy file holds '\(descr.prefix(40))'; GradC reads f4, f8, i4, i8 and b1 only", kind: .unsupported)
    }
    return (dtype, order == ">")
  }

  /// The head of a little-endian file in row-major order, padded so that the elements start at a multiple of 64.
  static func bytes(of type: TensorType) -> [UInt8] {
    let descr =
      switch type.dtype {
      case .f32: "<f4"
      case .f64: "<f8"
      case .i32: "<i4"
      case .i64: "<i8"
      case .bool: "|b1"
      }
    let extents = type.shape.extents.map { "\($0)" }.joined(separator: ", ") + (type.rank == 1 ? "," : "")
    let dictionary = Array("{'descr': '\(descr)', 'fortran_order': False, 'shape': (\(extents)), }".utf8)
    let isLong = dictionary.count + 64 > Int(UInt16.max)
    let start = magic.count + 2 + (isLong ? 4 : 2)
    let length = (start + dictionary.count + 1 + 63) / 64 * 64 - start
    var bytes = magic + [isLong ? 2 : 1, 0]
    for index in 0..<(isLong ? 4 : 2) { bytes.append(UInt8(truncatingIfNeeded: length >> (8 * index))) }
    bytes += dictionary
    bytes += [UInt8](repeating: UInt8(ascii: " "), count: length - dictionary.count - 1)
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }
}
