internal import TensorIR
internal import TensorOps

/// Operands of an operation as terms of one builder.
struct Recorder {
  let builder: FunctionBuilder
  /// The operation as the user wrote it, for messages.
  let operation: String

  /// The error that an operation is wrong, `why` being a clause about its operands.
  func fault(_ why: String) -> Diagnostic { Diagnostic("\(operation): \(why)") }
}

/// Which dtype a literal operand takes.
enum LiteralRule {
  /// That of the first operand that is not a literal; the literals' own if there is none.
  case promote
  /// One for every operand; `nil` is the literal's own.
  case each([DType?])
}

extension Tensor {
  /// Records an operation with one result in the trace of its operands, or computes it if there is no trace.
  static func record(
    _ operation: String, _ operands: [Tensor], literals: LiteralRule = .promote, at location: SourceLocation?,
    _ body: (Recorder, [Term]) throws(Diagnostic) -> Term
  ) -> Tensor {
    let all = recordAll(operation, operands, literals: literals, at: location) {
      (recorder, terms) throws(Diagnostic) in [try body(recorder, terms)]
    }
    return all[0]
  }

  /// The same for an operation with several results; gives one poison if the operation is faulty.
  static func recordAll(
    _ operation: String, _ operands: [Tensor], literals: LiteralRule = .promote, at location: SourceLocation?,
    _ body: (Recorder, [Term]) throws(Diagnostic) -> [Term]
  ) -> [Tensor] {
    if let trace = firstTrace(operands) ?? Trace.current {
      return record(operation, operands, literals: literals, in: trace, at: location, body)
    }
    let trace = Trace(operation, at: location)
    let recorded = record(operation, operands, literals: literals, in: trace, at: location, body)
    return Trace.evaluate(recorded, in: trace)
  }

  static func firstTrace(_ operands: [Tensor]) -> Trace? {
    for operand in operands { if case .traced(let trace, _) = operand.storage { return trace } }
    return nil
  }

  private static func record(
    _ operation: String, _ operands: [Tensor], literals: LiteralRule, in trace: Trace, at location: SourceLocation?,
    _ body: (Recorder, [Term]) throws(Diagnostic) -> [Term]
  ) -> [Tensor] {
    if let poison = absorbed(operands, in: trace) { return [poison] }
    let dtypes: [DType?] =
      switch literals {
      case .promote: [DType?](repeating: commonDType(operands), count: operands.count)
      case .each(let dtypes): dtypes
      }
    var fault: Diagnostic?
    let values: [Value]? = trace.withBuilder(at: location) { builder in
      do throws(Diagnostic) {
        var terms: [Term] = []
        terms.reserveCapacity(operands.count)
        for (operand, dtype) in zip(operands, dtypes) {
          terms.append(try operand.term(in: trace, builder, literalDType: dtype, operation))
        }
        return try body(Recorder(builder: builder, operation: operation), terms).map(\.value)
      } catch {
        fault = error
        return []
      }
    }
    guard let values else {
      return [faulty("\(operation): operand belongs to trace '\(trace.name)', which has ended", at: location)]
    }
    if let fault { return [faulty(fault.message, kind: fault.kind, at: location, in: trace)] }
    if values.contains(.poison) { return [Tensor(.poison(Poison(trace.latestDiagnostics, in: trace)))] }
    return values.map { Tensor(.traced(trace, $0)) }
  }

  /// Poison for `trace` if an operand is poisoned.
  private static func absorbed(_ operands: [Tensor], in trace: Trace) -> Tensor? {
    for operand in operands {
      guard case .poison(let poison) = operand.storage else { continue }
      if poison.trace !== trace { trace.record(poison.diagnostics) }
      return Tensor(.poison(Poison(poison.diagnostics, in: trace)))
    }
    return nil
  }

  /// The dtype that literals among the operands adopt.
  static func commonDType(_ operands: [Tensor]) -> DType? {
    var isFloating = false
    for operand in operands {
      if case .literal(let literal) = operand.storage {
        isFloating = isFloating || literal.isFloating
      } else if let type = operand.type {
        return type.dtype
      }
    }
    return isFloating ? .f32 : nil
  }

  /// This tensor as a term of a trace's builder, whose lock is held.
  func term(
    in trace: Trace, _ builder: FunctionBuilder, literalDType: DType?, _ operation: String
  ) throws(Diagnostic) -> Term {
    switch storage {
    case .traced(let owner, let value):
      guard owner === trace else {
        throw Diagnostic(
          "\(operation): operands belong to two traces, '\(trace.name)' and '\(owner.name)'; pass tensors of the outer"
            + " trace to the inner one as inputs")
      }
      return Term(builder, value)
    case .concrete(let array):
      return Term(builder, trace.constant(array))
    case .literal(let literal):
      let scalar: Scalar
      do {
        scalar = try literal.adopting(literalDType ?? literal.defaultDType)
      } catch {
        throw Diagnostic("\(operation): \(error.message)")
      }
      return builder.splat(scalar, .scalar)
    case .placeholder(let placeholder):
      throw Diagnostic(
        "\(operation): input '\(placeholder.name)' has no value; pass it to trace(_:_:body:) and use the closure's"
          + " parameter")
    case .poison:
      return Term(builder, .poison)
    }
  }
}
