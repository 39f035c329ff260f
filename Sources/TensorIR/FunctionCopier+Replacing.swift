package import Basics

extension Function {
  /// The function with other values in place of the results of instructions that match, or itself if none does.
  ///
  /// - Parameters:
  ///   - match: What is known of an instruction of one result that is to be replaced; `nil` of one that stays. Asked once of
  ///     every instruction.
  ///   - replacement: What takes the place of the result, of the same type, made from copies of values before it.
  package func replacing<Match>(
    _ match: (Instruction) -> Match?, by replacement: (Match, FunctionCopier) -> Term
  ) throws(Diagnostics) -> Function {
    let matches = instructions.map(match)
    guard matches.contains(where: { $0 != nil }) else { return self }
    let builder = FunctionBuilder()
    builder.reserve(instructions.count)
    var copier = FunctionCopier(self, builder)
    copier.declareParameters()
    for (instruction, match) in zip(instructions, matches) {
      copier.takeLocation(of: instruction)
      if let match {
        copier.values[Int(instruction.firstResult)] = replacement(match, copier).value
      } else {
        copier.copy(instruction)
      }
    }
    builder.location = nil
    return try builder.finish(name: name, results: results.map { Result($0.name, copier[$0.value]) })
  }
}
