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
    return VectorTarget(byteCount: gradc_vector_byte_count(), registerFunctions: functions)
  }
}
