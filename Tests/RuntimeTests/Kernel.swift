import Foundation
import GradCRuntime

/// A parameter of a runtime function, read from its prototype.
struct Parameter {
  var name: String
  var element: Element
  var isPointer: Bool
}

/// An argument for an operand: a tile, or one scalar for all elements.
enum Operand {
  case tile([Value])
  case scalar(Value)

  func value(at index: Int) -> Value {
    switch self {
    case .tile(let values): values[index]
    case .scalar(let value): value
    }
  }
}

/// A function of the runtime for one instruction set.
///
/// Called through one signature: on x86-64 and AArch64 integer and floating arguments travel in registers of their own,
/// in order.
struct Kernel {
  private typealias Procedure =
    @convention(c) (Int, Int, Int, Int, Int, Int, Int, Double, Double, Double, Double) -> Void
  private typealias IntegerFunction = @convention(c) (Int, Int, Int, Double, Double, Double) -> Int
  private typealias FloatingFunction = @convention(c) (Int, Int, Int, Double, Double, Double) -> Double

  static let isas = (["avx512", "avx2", "baseline"] as [String]).filter { gradc_isa_symbol($0, "memset") != nil }

  let name: String
  let isa: String
  let parameters: [Parameter]
  let result: Element?
  private let address: UnsafeRawPointer

  init?(_ name: String, _ isa: String) {
    guard let address = gradc_isa_symbol(isa, name), let prototype = gradc_symbol_prototype_of(name) else { return nil }
    self.name = name
    self.isa = isa
    self.address = address
    let text = String(cString: prototype)
    result = Element(cName: text.prefix { $0 != " " })
    guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")") else { return nil }
    parameters = text[text.index(after: open)..<close].split(separator: ",").compactMap { part in
      let words = part.split { " *".contains($0) }
      guard let last = words.last, let element = words.lazy.compactMap({ Element(cName: $0) }).first else { return nil }
      return Parameter(name: String(last), element: element, isPointer: part.contains("*"))
    }
  }

  /// Calls a procedure; arguments are words or values, in order.
  func callAsFunction(_ arguments: [any Argument]) {
    var words: [Int] = []
    var registers: [Double] = []
    for argument in arguments { argument.append(&words, &registers) }
    words += Array(repeating: 0, count: 7 - words.count)
    registers += Array(repeating: 0, count: 4 - registers.count)
    unsafeBitCast(address, to: Procedure.self)(
      words[0], words[1], words[2], words[3], words[4], words[5], words[6], registers[0], registers[1], registers[2],
      registers[3]
    )
  }

  /// Calls a function of up to three arguments.
  func evaluate(_ arguments: [any Argument]) -> Value? {
    var words: [Int] = []
    var registers: [Double] = []
    for argument in arguments { argument.append(&words, &registers) }
    words += Array(repeating: 0, count: 3 - words.count)
    registers += Array(repeating: 0, count: 3 - registers.count)
    switch result {
    case .f32, .f64:
      let x = unsafeBitCast(address, to: FloatingFunction.self)(
        words[0], words[1], words[2], registers[0], registers[1], registers[2])
      return result == .f64 ? .f64(x) : .f32(Float(bitPattern: UInt32(truncatingIfNeeded: x.bitPattern)))
    case .i32, .i64, .bool:
      let x = unsafeBitCast(address, to: IntegerFunction.self)(
        words[0], words[1], words[2], registers[0], registers[1], registers[2])
      return result == .i64
        ? .i64(Int64(x))
        : result == .i32 ? .i32(Int32(truncatingIfNeeded: x)) : .bool(UInt8(truncatingIfNeeded: x))
    case nil: return nil
    }
  }

  /// Runs an elementwise kernel; with `aliasing`, d is the operand of that number. `nil` if it wrote past the end.
  func run(_ operands: [Operand], count: Int, aliasing: Int? = nil) -> [Value]? {
    let output = Memory(count: count, parameters[0].element)
    var arguments: [any Argument] = [output]
    var kept: [Memory] = []
    for (index, operand) in operands.enumerated() {
      switch operand {
      case .scalar(let value): arguments.append(value)
      case .tile(let values):
        if index == aliasing {
          output.set(values.prefix(count))
          arguments.append(output)
        } else {
          let memory = Memory(values.prefix(count), parameters[index + 1].element)
          kept.append(memory)
          arguments.append(memory)
        }
      }
    }
    arguments.append(count)
    self(arguments)
    return withExtendedLifetime(kept) { output.isIntact ? output.values : nil }
  }
}

/// What can be passed to a kernel.
protocol Argument {
  func append(_ words: inout [Int], _ registers: inout [Double])
}

extension Int: Argument {
  func append(_ words: inout [Int], _ registers: inout [Double]) { words.append(self) }
}

extension Value: Argument {
  func append(_ words: inout [Int], _ registers: inout [Double]) {
    if let word { words.append(word) }
    if let register { registers.append(register) }
  }
}

/// Elements in memory at no particular alignment, with a margin on both sides that must not change.
final class Memory: Argument {
  private static let margin = 64
  private static let mark: UInt8 = 0xA5

  let element: Element
  let count: Int
  private let bytes: UnsafeMutableRawPointer

  init(count: Int, _ element: Element) {
    self.element = element
    self.count = count
    let total = count * element.size + 2 * Memory.margin
    bytes = .allocate(byteCount: total, alignment: 64)
    bytes.initializeMemory(as: UInt8.self, repeating: Memory.mark, count: total)
  }

  convenience init(_ values: some Collection<Value>, _ element: Element) {
    self.init(count: values.count, element)
    set(values)
  }

  deinit { bytes.deallocate() }

  /// Off by one element, so that no kernel gets away with aligned loads.
  var base: UnsafeMutableRawPointer { bytes + Memory.margin - element.size }

  func set(_ values: some Collection<Value>) {
    for (index, value) in values.enumerated() { value.store(to: base + index * element.size) }
  }

  var values: [Value] { (0..<count).map { Value(at: base + $0 * element.size, element) } }

  var isIntact: Bool {
    let size = count * element.size
    let before = base - bytes
    let marks = [UInt8](repeating: Memory.mark, count: 2 * Memory.margin)
    return memcmp(bytes, marks, before) == 0 && memcmp(base + size, marks, 2 * Memory.margin - before) == 0
  }

  func append(_ words: inout [Int], _ registers: inout [Double]) { words.append(Int(bitPattern: base)) }
}

/// All names in the symbol table with this prefix.
func symbols(_ prefix: String) -> [String] {
  (0..<gradc_symbol_count()).compactMap { gradc_symbol_name($0).map { String(cString: $0) } }
    .filter { $0.hasPrefix(prefix) }
}
