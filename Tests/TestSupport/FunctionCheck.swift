import Basics
package import TensorIR
import TensorOps

/// Rewrites the functions of a text and compares what comes out with the text's CHECK lines; empty if all is well.
///
/// What is read and what comes out must verify, and the latter must read back as itself.
package func checkRewrite(
  _ text: String, prefix: String = "CHECK", _ rewrite: (Function) throws -> Function
) -> [String] {
  do {
    let module = try Module(parsing: text, ops: OpRegistry.make)
    var rewritten: [Function] = []
    for function in module.functions {
      try function.verify()
      let result = try rewrite(function)
      try result.verify()
      try result.verifyRoundTrip(ops: OpRegistry.make)
      rewritten.append(result)
    }
    return fileCheck(Module(rewritten).description, against: text, prefix: prefix)
  } catch {
    return ["\(error)"]
  }
}

/// Reads a text that is wrong, rewrites its functions if it is not, and compares what is thrown with the text's
/// `expected-error` comments; empty if all is well.
package func checkErrors(_ text: String, _ rewrite: (Function) throws -> Void = { _ in }) -> [String] {
  do {
    for function in try Module(parsing: text, ops: OpRegistry.make).functions { try rewrite(function) }
    return compareErrors([], expectedIn: text)
  } catch let error as Diagnostics {
    return compareErrors(error.all, expectedIn: text)
  } catch {
    return ["\(error)"]
  }
}
