import GradCRuntime
import Testing

/// The symbol table is complete, consistent and never surprised.
@Suite struct SymbolTests {
  private static let kinds2 = ["vv", "vs", "sv"]
  private static let kinds3 = ["vvv", "vvs", "vsv", "svv", "vss", "svs", "ssv"]

  /// The kernels around an fma, a square or a comparison, with their kinds.
  private static let contracted: [(String, String)] = {
    var names: [(String, String)] = [("horner", "")]
    func add(_ name: String, _ prefixes: [String], _ count: Int) {
      let rests = (0..<count).reduce([""]) { rests, _ in rests.flatMap { [$0 + "v", $0 + "s"] } }
      names += prefixes.flatMap { prefix in rests.map { (name, "_" + prefix + $0) } }
    }
    add("fms", ["vvv", "vsv"], 0)
    add("fnma", ["v"], 2)
    for inner in ["add", "sub", "mul", "rsub"] {
      let kinds = inner == "rsub" ? ["vs"] : ["vv", "vs"]
      add(inner + "_fma", kinds, 2)
      add(inner + "_mac", kinds.map { $0 + "v" }, 1)
      add(inner + "_square", kinds, 0)
      add(inner + "_square_mul", kinds, 1)
      add(inner + "_square_add", kinds, 1)
    }
    for outer in ["add", "sub", "rsub", "mul"] { add("fma_" + outer, ["v"], 3) }
    add("fma_fma", ["v"], 4)
    add("fma_mac", ["vvvv", "vvsv", "vsvv", "vssv"], 1)
    add("fma_square", ["v"], 2)
    for inner in ["add", "sub", "rsub", "fnma"] { add(inner + "_self", ["vs"], 0) }
    for inner in ["add", "sub", "rsub", "fma", "fnma"] { add(inner + "_self_mul", ["vsv"], 0) }
    for comparison in ["eq", "lt", "le"] { add("select_" + comparison, kinds2, 2) }
    return names
  }()

  private static let vocabulary: [String] = {
    var names: [String] = []
    let floats = [Element.f32, .f64]
    let numbers = floats + [.i32, .i64]
    for t in floats {
      names += Reference.floatUnary.flatMap { ["tile_\($0)_\(t)", "scalar_\($0)_\(t)"] }
      names += Reference.floatBinary.flatMap { op in kinds2.map { "tile_\(op)_\(t)_\($0)" } + ["scalar_\(op)_\(t)"] }
      names += kinds3.map { "tile_fma_\(t)_\($0)" }
      names += [
        "scalar_sincos_\(t)", "tile_sincos_\(t)", "scalar_fma_\(t)", "tile_reduce_mul_add_\(t)_vv", "blas_gemm_\(t)",
      ]
      for outer in ["add", "sub", "rsub", "mul"] {
        let kinds = ["vvv", "vvs", "vsv", "vss"]
        names += ["add", "mul"].flatMap { inner in kinds.map { "tile_\(inner)_\(outer)_\(t)_\($0)" } }
        names += (kinds + ["svv", "svs"]).map { "tile_sub_\(outer)_\(t)_\($0)" }
      }
      let plain = ["add", "sub", "mul"]
      for first in plain {
        let seconds = plain.flatMap { second in plain.map { "\(first)_\(second)_\($0)_\(t)" } }
        names += seconds.flatMap { name in ["vvvv", "vvvs", "vsvv", "vsvs"].map { "tile_join_\(name)_\($0)" } }
      }
      let outers = ["add", "sub", "rsub", "mul"]
      for inner in plain + ["rsub"] {
        let rests = outers.flatMap { middle in outers.map { "\(inner)_\(middle)_\($0)_\(t)" } }
        let kinds = (inner == "rsub" ? ["vs"] : ["vs", "vv"]).flatMap { ab in ["vv", "vs", "sv", "ss"].map { ab + $0 } }
        names += rests.flatMap { name in kinds.map { "tile_chain_\(name)_\($0)" } }
      }
      names += ["i32", "i64"].map { "scalar_cast_\(t)_\($0)" }
      names += contracted.map { name, kinds in "tile_\(name)_\(t)\(kinds)" }
    }
    for t in numbers {
      names += Reference.numberUnary.map { "tile_\($0)_\(t)" }
      names += Reference.numberBinary.flatMap { op in kinds2.map { "tile_\(op)_\(t)_\($0)" } }
      names += ["abs", "sign", "min", "max", "rem"].map { "scalar_\($0)_\(t)" }
      names += ["add", "mul", "max", "min"].flatMap { ["tile_reduce_\($0)_\(t)", "lanes_\($0)_\(t)"] }
      names += ["tile_iota_\(t)"]
      names += ["add", "mul", "max", "min"].flatMap { ["tile_scatter_\($0)_\(t)_i32", "tile_scatter_\($0)_\(t)_i64"] }
    }
    for t in [Element.bool, .i32, .i64] {
      names += Reference.logic.flatMap { op in kinds2.map { "tile_\(op)_\(t)_\($0)" } } + ["tile_not_\(t)"]
    }
    for t in Element.allCases {
      names += Reference.comparisons.flatMap { op in kinds2.map { "tile_\(op)_\(t)_\($0)" } }
      names += (kinds2 + ["ss"]).map { "tile_select_\(t)_\($0)" }
      names += Element.allCases.filter { $0 != t }.map { "tile_cast_\(t)_\($0)" }
      names += ["fill", "copy", "load", "store"].map { "tile_\($0)_\(t)" } + ["lanes_fill_\(t)"]
      names += ["gather", "scatter_set"].flatMap { ["tile_\($0)_\(t)_i32", "tile_\($0)_\(t)_i64"] }
    }
    for t in [Element.i32, .i64] {
      names += Reference.shifts.flatMap { op in kinds2.map { "tile_\(op)_\(t)_\($0)" } + ["scalar_\(op)_\(t)"] }
      names += ["tile_popcount_\(t)", "scalar_popcount_\(t)"]
    }
    names += ["and", "or"].flatMap { ["tile_reduce_\($0)_bool", "lanes_\($0)_bool"] }
    names += ["blas_gemm_i32", "blas_gemm_i64", "blas_symmetric_f32", "blas_symmetric_f64"]
    names += ["tile_stream_f32", "tile_stream_f64"]
    names += ["gradc_tape_reserve", "gradc_prefetch_code", "gradc_end_streams"]
    return names
  }()

  @Test(arguments: Kernel.isas) func everyOpIsThere(isa: String) {
    let missing = Self.vocabulary.filter { gradc_isa_symbol(isa, $0) == nil }
    #expect(missing.isEmpty)
  }

  @Test func enumerationAndLookUpAgree() throws {
    var seen: Set<String> = []
    for index in 0..<gradc_symbol_count() {
      let name = String(cString: try #require(gradc_symbol_name(index)))
      #expect(seen.insert(name).inserted, "\(name) twice")
      #expect(gradc_symbol(name) != nil)
      let prototype = String(cString: try #require(gradc_symbol_prototype(index)))
      #expect(prototype == String(cString: try #require(gradc_symbol_prototype_of(name))))
      #expect(prototype.contains(name + "(") && prototype.hasSuffix(")"))
    }
    #expect(gradc_symbol_name(gradc_symbol_count()) == nil)
    #expect(gradc_symbol_prototype(gradc_symbol_count()) == nil)
    for name in ["", "tile_exp", "tile_exp_f32_", "free"] {
      #expect(gradc_symbol(name) == nil && gradc_symbol_prototype_of(name) == nil)
    }
    #expect(gradc_isa_symbol("sse9", "tile_exp_f32") == nil)
    #expect(
      String(cString: try #require(gradc_symbol_prototype_of("tile_mul_add_f32_vsv")))
        == "void tile_mul_add_f32_vsv(float *d, const float *a, float b, const float *c, int64_t n)")
  }

  @Test func selection() throws {
    let before = String(cString: gradc_isa_name())
    defer { _ = gradc_isa_select(before) }
    #expect(Kernel.isas.contains(before))
    for isa in Kernel.isas {
      #expect(gradc_isa_select(isa) == 0)
      #expect(String(cString: gradc_isa_name()) == isa)
      #expect(gradc_symbol("tile_exp_f32") == gradc_isa_symbol(isa, "tile_exp_f32"))
    }
    #expect(gradc_isa_select("unheard of") != 0)
    #expect(gradc_isa_select(nil) != 0)
    #expect(String(cString: gradc_isa_name()) == Kernel.isas.last)
  }

  @Test func memoryIsAligned() throws {
    for bytes in [0, 1, 63, 64, 100_000] {
      let memory = try #require(gradc_aligned_alloc(bytes))
      #expect(Int(bitPattern: memory) % 64 == 0)
      gradc_aligned_free(memory)
    }
    gradc_aligned_free(nil)
    #expect(gradc_aligned_alloc(Int.max) == nil)
  }
}
