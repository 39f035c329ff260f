internal import CEmitter
internal import JIT
internal import KernelIR
internal import Passes
internal import TensorIR

/// A form of the C that a function becomes.
public enum CDialect: Sendable, Hashable {
  /// Calls of GradC's runtime on tiles: what libtcc compiles.
  case tile
  /// GNU C on vectors in registers: what a compiler of the system makes tier 1 of, for this processor.
  case vector
  /// C99 that needs nothing but libm: to read, and to ship.
  case portable
}

/// A graph as kernels and library calls over buffers: what C is written from. Nothing has been compiled yet.
public struct KernelProgram: Sendable, Hashable, CustomStringConvertible {
  let program: Program
  /// By name of a kernel, why it is one of its own.
  let reasons: [String: String]
  /// What the tile dialect makes of products that are added. Text and portable C have the products of the graph, so that
  /// they read like it and are fast on chips without the instruction.
  public let contraction: Contraction
  /// How long each phase took that made these kernels.
  public let timings: Timings

  init(program: Program, reasons: [String: String] = [:], contraction: Contraction, timings: Timings) {
    self.program = program
    self.reasons = reasons
    self.contraction = contraction
    self.timings = timings
  }

  /// The kernels as text.
  public var description: String { program.description }
}

extension Graph {
  /// The kernels of this graph, which is simplified first.
  ///
  /// - Parameters:
  ///   - updates: The names of parameters that become results in place, with the names of these; see
  ///     ``compile(_:updating:contraction:memoryBound:)``.
  ///   - contraction: Whether products that are added are rounded on their own.
  /// - Throws: `Diagnostics` if an operation can't be lowered, or an update does not fit.
  public func kernels(
    updating updates: [String: String] = [:], contraction: Contraction = .fused
  ) throws(Diagnostics) -> KernelProgram {
    try optimised().lowered(updating: updatePositions(updates), contraction: contraction)
  }

  /// The kernels of this graph as it is.
  func lowered(
    updating updates: [Int: Int], contraction: Contraction, memoryBound: Int? = nil
  ) throws(Diagnostics) -> KernelProgram {
    var timings = timings
    let (program, reasons) = try timings.measure(.lower) { () throws(Diagnostics) in
      guard let memoryBound else { return try function.loweredWithReasons(updating: updates) }
      return try function.loweredWithReasons(updating: updates, memoryBound: memoryBound)
    }
    return KernelProgram(program: program, reasons: reasons, contraction: contraction, timings: timings)
  }

  /// The positions of the parameters and results of updates.
  func updatePositions(_ updates: [String: String]) throws(Diagnostics) -> [Int: Int] {
    let (parameters, results) = (self.parameters, self.results)
    var positions: [Int: Int] = [:]
    var taken: Set<Int> = []
    var faults: [Diagnostic] = []
    for (name, resultName) in updates.sorted(by: { $0.key < $1.key }) {
      guard let parameter = parameters.firstIndex(where: { $0.name == name }),
        let result = results.firstIndex(where: { $0.name == resultName })
      else {
        faults.append(
          Diagnostic("updating: '\(self.name)' has no parameter '\(name)' or no result '\(resultName)'"))
        continue
      }
      if parameters[parameter].type != results[result].type {
        faults.append(
          Diagnostic(
            "updating: parameter '\(name)' is \(parameters[parameter].type), but result '\(resultName)' is"
              + " \(results[result].type)"))
      }
      if !taken.insert(result).inserted {
        faults.append(Diagnostic("updating: result '\(resultName)' can update one parameter only"))
      }
      positions[parameter] = result
    }
    if !faults.isEmpty { throw Diagnostics(faults) }
    return positions
  }
}

extension KernelProgram {
  /// The kernels as C, the same bytes for the same graph every time.
  public func cSource(_ dialect: CDialect) -> String {
    switch dialect {
    case .tile: String(decoding: TileEmitter.emit(program.forTiles(contraction)).source, as: UTF8.self)
    case .vector:
      String(decoding: VectorEmitter.emit(program.forTiles(contraction), for: .runtime).source, as: UTF8.self)
    case .portable: String(decoding: PortableEmitter.emit(program).source, as: UTF8.self)
    }
  }

  /// The kernels as a C99 file and its header that need nothing but libm.
  ///
  /// - Parameters:
  ///   - functionName: The name of the C function, by default the graph's.
  ///   - headerName: The file name by which the C file includes its header.
  public func exportC(functionName: String? = nil, headerName: String = "model.h") -> (source: String, header: String) {
    let files = PortableEmitter.emit(program, functionName: functionName, headerName: headerName)
    return (String(decoding: files.source, as: UTF8.self), String(decoding: files.header, as: UTF8.self))
  }
}
