import Basics
package import CEmitter
import GradCRuntime
import KernelIR

extension VectorTarget {
  /// The instruction set that the runtime has selected.
  package static var runtime: VectorTarget {
    var functions: Set<Function> = []
    for op in ScalarOp.allCases where op.isTranscendental {
      for dtype in [DType.f32, .f64] {
        let function = Function(op, dtype)
        if gradc_vector_function(function.name) != nil { functions.insert(function) }
      }
    }
    var sources: [DType: String] = [:]
    for dtype in [DType.f32, .f64] { sources[dtype] = gradc_elementary_source("\(dtype)").map { String(cString: $0) } }
    let inlined = sources.flatMap { dtype, source in
      ScalarOp.allCases.filter { source.contains(" NAME(\($0.name))(F x)") }.map { Function($0, dtype) }
    }
    return VectorTarget(
      byteCount: gradc_vector_byte_count(), registerFunctions: functions, inlineSources: sources,
      inlineFunctions: Set(inlined), hasFMA: gradc_vector_has_fma() != 0)
  }
}
