package import Basics

/// A routine of the runtime with its sizes.
package struct LibraryRoutine: Hashable, Sendable {
  package var function: LibraryFunction
  /// One number for every parameter of the definition.
  package var parameters: [Int]

  package init(_ function: LibraryFunction, _ parameters: [Int]) {
    self.function = function
    self.parameters = parameters
  }
}

extension LibraryRoutine {
  package var definition: LibraryDefinition { function.definition }

  /// What a slice of each input is.
  package func inputs(_ dtype: DType) -> [LibraryArgument] { definition.inputs(parameters, dtype) }

  /// What a slice of each output is.
  package func outputs(_ dtype: DType) -> [LibraryArgument] { definition.outputs(parameters, dtype) }

  /// The bytes of the workspace, which serves all slices one after the other; 0 if there is none.
  package func workspaceByteCount(_ dtype: DType) -> Int { definition.workspaceByteCount?(parameters, dtype) ?? 0 }

  /// Whether LAPACK can count what there is, in 32 bits.
  package func isCountable(_ dtype: DType) -> Bool {
    parameters.allSatisfy { $0 <= Int(Int32.max) }
      && workspaceByteCount(dtype) / dtype.byteCount <= Int(Int32.max)
  }

  /// The outputs of one slice.
  package func evaluate(_ inputs: [LibraryArray], _ dtype: DType = .f64) -> [LibraryArray] {
    definition.evaluate(parameters, dtype, inputs)
  }
}

/// All routines there are. Each is defined in a file of its own.
package enum LibraryFunction: UInt8, Hashable, Sendable, CaseIterable {
  case cholesky, triangularSolve, lu, adjugate, qr, eigh, svd, argsort
  case cumsum, cumprod, cummax, cummin, linearRecurrence

  package var definition: LibraryDefinition {
    switch self {
    case .cholesky: .cholesky
    case .triangularSolve: .triangularSolve
    case .lu: .lu
    case .adjugate: .adjugate
    case .qr: .qr
    case .eigh: .eigh
    case .svd: .svd
    case .argsort: .argsort
    case .cumsum: .cumsum
    case .cumprod: .cumprod
    case .cummax: .cummax
    case .cummin: .cummin
    case .linearRecurrence: .linearRecurrence
    }
  }

  package init?(name: some StringProtocol) {
    guard let function = Self.allCases.first(where: { $0.definition.name == name }) else { return nil }
    self = function
  }
}

/// All that is known of a routine.
///
/// In the runtime it is `library_<name>_<dtype>(int64_t batch, int64_t parameters…, const T *input, int64_t its batch
/// stride, …, T *output, int64_t its batch stride, …, uint8_t *workspace)`, the last only if there is a workspace. In
/// portable C it is a function of one slice without batch and strides.
package struct LibraryDefinition: Sendable {
  /// A size that calls choose.
  package enum Parameter: Hashable, Sendable {
    case extent(String)
    /// 0 or 1.
    case flag(String)

    package var name: String {
      switch self {
      case .extent(let name), .flag(let name): name
      }
    }
  }

  /// In the text form and in C.
  package let name: String
  package let parameters: [Parameter]
  /// The dtypes it computes in.
  package let dtypes: [DType]
  /// What a slice of each input is, given the parameters. Names and dtypes do not depend on these.
  package let inputs: @Sendable (_ parameters: [Int], _ dtype: DType) -> [LibraryArgument]
  package let outputs: @Sendable (_ parameters: [Int], _ dtype: DType) -> [LibraryArgument]
  /// The bytes of workspace that runtime and portable C get along with; `nil` if they need none.
  package let workspaceByteCount: (@Sendable (_ parameters: [Int], _ dtype: DType) -> Int)?
  /// The meaning, for one slice. Factorisations are computed in doubles whatever the dtype, recurrences are rounded to it
  /// after every operation.
  package let evaluate: @Sendable (_ parameters: [Int], _ dtype: DType, _ inputs: [LibraryArray]) -> [LibraryArray]
  /// The definition in C99 of `$name`, the function of one slice. `$T` is the element's C type, `$f` the suffix of its
  /// numbers and of its functions in libm, `$epsilon` the distance of 1 from the next number; parameters are `int64_t`,
  /// the workspace is `void *workspace`.
  package let portableC: String
  /// Parameters that tests try.
  package let examples: [[Int]]
}

/// The shape, dtype and name of one slice of an argument.
package struct LibraryArgument: Hashable, Sendable {
  package var name: String
  package var type: TensorType

  package init(_ name: String, _ dtype: DType, _ extents: Int...) {
    self.name = name
    type = TensorType(dtype, Shape(extents))
  }
}

/// The elements of a slice while a routine is interpreted.
package enum LibraryArray: Sendable {
  case floating([Double])
  case integer([Int64])

  package var doubles: [Double] {
    switch self {
    case .floating(let values): values
    case .integer(let values): values.map { Double($0) }
    }
  }

  package var integers: [Int64] {
    switch self {
    case .floating(let values): values.map { Scalar($0, as: .f64).converted(to: .i64).integerValue }
    case .integer(let values): values
    }
  }
}
