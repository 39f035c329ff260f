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
        for function in FunctionAccuracy.allCases.map({ Function(op, dtype, $0) })
        where gradc_vector_function(function.name) != nil {
          functions.insert(function)
        }
      }
    }
    var (sources, relaxed): ([DType: String], [DType: String]) = ([:], [:])
    for dtype in [DType.f32, .f64] {
      sources[dtype] = gradc_elementary_source("\(dtype)").map { String(cString: $0) }
      relaxed[dtype] = gradc_relaxed_source("\(dtype)").map { String(cString: $0) }
    }
    let inlined = ScalarOp.allCases.flatMap { op in
      [DType.f32, .f64].flatMap { dtype in
        [(sources, Function(op, dtype, .high)), (relaxed, Function(op, dtype, .low))].compactMap { texts, function in
          texts[dtype]?.contains(" NAME(\(function.opName))(F x)") == true ? function : nil
        }
      }
    }
    return VectorTarget(
      byteCount: gradc_vector_byte_count(), registerFunctions: functions, inlineSources: sources,
      relaxedSources: relaxed,
      inlineFunctions: Set(inlined), hasFMA: gradc_vector_has_fma() != 0)
  }
}
