import Basics
import KernelIR

/// Sine and cosine of one angle, as one call.
extension KernelWriter {
  mutating func writeSineCosine(_ instruction: FlatKernel.Instruction, cosine: Int32) {
    let (sine, angle) = (instruction.result, instruction.a)
    let dtype = plan.info(sine).dtype
    if !plan.isTile[Int(sine)] { return writeScalarPair(sine, cosine, angle, dtype) }
    if unit.dialect == .vector { return writeVectorPair(sine, cosine, angle) }
    // The angle's tile is free after the cosine, so that neither result takes its place.
    place(sine)
    place(cosine)
    beginCall(.tileSineCosine(dtype))
    writeOperand(sine)
    writeOperands([cosine, angle])
    endCall()
  }

  /// `d3 = scalar_sincos_f64(d1, &d4);`
  private mutating func writeScalarPair(_ sine: Int32, _ cosine: Int32, _ angle: Int32, _ dtype: DType) {
    if takeNumber(cosine) {
      out.indent()
      out.write(string: dtype.cName)
      out.write(" ")
      writeName(cosine)
      out.write(";\n")
    }
    beginDefinition(sine, isConstant: true)
    out.write(bytes: unit.useScalarSineCosine(dtype))
    out.write("(")
    writeValue(angle)
    out.write(", &")
    writeName(cosine)
    out.write(");\n")
  }
}
