import Basics
import KernelIR

/// Long kernels of single elements as several functions: compilers take more than twice as long for one that is twice as
/// long.
extension KernelWriter {
  /// Instructions of a part.
  private static let standardPartLength = 1024
  /// More shared values than that are not on the stack of whoever calls: a thread has them once.
  private static let greatestStackByteCount = 65536

  mutating func prepareParts() {
    let length = Self.standardPartLength
    guard plan.flat.scopes.count == 1, plan.flat.code.count > 2 * length,
      !plan.flat.code.contains(where: { $0.kind == .accumulator })
    else { return }
    partLength = length
  }

  /// Whether a value is defined in one part and used in another.
  func isSpilled(_ value: Int32) -> Bool {
    guard let partLength, plan.place[Int(value)] == .local else { return false }
    let definition = Int(plan.definition[Int(value)])
    let start = plan.isSecondOfPair(definition) ? definition - 1 : definition
    return start / partLength != Int(plan.lastUse[Int(value)]) / partLength
  }

  /// The dtypes of shared values.
  private var sharedDTypes: [DType] { DType.allCases.filter { spills.count($0) > 0 } }

  /// Writes the parts, and a function that calls them: `head` declares the kernel's parameters after a name.
  func writeParts(_ name: String, parameters: [String], arguments: [String], to out: inout ByteWriter) {
    let shared = sharedDTypes.map { "spill_\(String(UnicodeScalar($0.letter)))" }
    let all = parameters + zip(sharedDTypes, shared).map { "\($0.cName) *restrict \($1)" }
    let bounds = [0] + partStarts + [self.out.bytes.count]
    for part in 0..<(bounds.count - 1) {
      out.line("static __attribute__((noinline)) void \(name)_part_\(part)(\(all.joined(separator: ", ")))")
      out.write("{\n")
      out.write(bytes: Array(self.out.bytes[bounds[part]..<bounds[part + 1]]))
      out.write("}\n\n")
    }
    out.line("static void \(name)(\(parameters.joined(separator: ", ")))")
    out.write("{\n")
    let byteCount = sharedDTypes.reduce(0) { $0 + spills.count($1) * $1.byteCount }
    let storage = byteCount > Self.greatestStackByteCount ? "static __thread " : ""
    for (dtype, name) in zip(sharedDTypes, shared) {
      out.line("  \(storage)\(dtype.cName) \(name)[\(spills.count(dtype))];")
    }
    for part in 0..<(bounds.count - 1) {
      out.line("  \(name)_part_\(part)(\((arguments + shared).joined(separator: ", ")));")
    }
    out.write("}\n")
  }
}
