internal import CEmitter
internal import KernelIR
internal import Passes
internal import TensorIR

/// A graph as kernels and library calls over buffers: what C is written from. Nothing has been compiled yet.
public struct KernelProgram: Sendable, Hashable, CustomStringConvertible {
  let program: Program
  /// How long each phase took that made these kernels.
  public let timings: Timings

  init(program: Program, timings: Timings) {
    self.program = program
    self.timings = timings
  }

  /// The kernels as text.
  public var description: String { program.description }
}

extension Graph {
  /// The kernels of this graph, which is simplified first.
  ///
  /// - Throws: `Diagnostics` if an operation can't be lowered.
  public func kernels() throws(Diagnostics) -> KernelProgram {
    let optimised = try optimised()
    var timings = optimised.timings
    let program = try timings.measure(.lower) { () throws(Diagnostics) in try optimised.function.lowered() }
    return KernelProgram(program: program, timings: timings)
  }
}

extension KernelProgram {
  /// The kernels as C, the same bytes for the same graph every time. Portable C is never contracted, so that it reads
  /// like the graph and is fast on chips without the instruction.
  public func cSource(_ dialect: CDialect, contraction: Contraction = .fused) -> String {
    switch dialect {
    case .tile: String(decoding: TileEmitter.emit(program.forTiles(contraction)).source, as: UTF8.self)
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
